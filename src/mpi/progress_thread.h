/* While rank 0 is in a task, other nodes may want a number of its counter, and
 * many MPIs do nothing for others before their own process calls them. So a
 * thread calls, every now and then. */
#ifndef COHORT_MPI_PROGRESS_THREAD_H
#define COHORT_MPI_PROGRESS_THREAD_H

#include <mpi.h>
#include <pthread.h>
#include <stdbool.h>

struct progress_thread {
	MPI_Comm comm;
	pthread_t thread;
	pthread_cond_t leave;
	bool runs;
	bool leaving;
};

/* Let MPI work on what the other ranks of `comm` want of this one. In one of a
 * single rank there may be nothing to work on. */
void progress_once(MPI_Comm comm);

/* Have a thread do that until progress_thread_end. From now to then MPI calls of the
 * library are made between progress_thread_lock and progress_thread_unlock, and the program makes
 * none unless MPI allows any thread to call. False, and there is no thread, if
 * MPI allows one only, or threads cannot be had. */
bool progress_thread_begin(struct progress_thread *progress_thread,
                           MPI_Comm comm);
void progress_thread_end(struct progress_thread *progress_thread);

void progress_thread_lock(void);
void progress_thread_unlock(void);

#endif
