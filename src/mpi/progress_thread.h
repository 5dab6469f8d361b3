/*
 * A thread that calls MPI while rank 0 works. Ranks of other nodes need the
 * counter at rank 0, and many MPIs serve others only while their own process is
 * inside a call of MPI.
 */
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

/* Let MPI serve requests of other ranks once. `comm` has several ranks: with
 * one of a single rank, some MPIs see that there is nothing to do. */
void progress_once(MPI_Comm comm);

/*
 * Start a thread that serves other ranks until progress_thread_end. In between
 * the library calls MPI only while it holds progress_thread_lock, and the
 * program does not call MPI, unless MPI allows calls from any thread. Returns
 * false, without a thread, if MPI allows calls from one thread only or no
 * thread can be created.
 */
bool progress_thread_begin(struct progress_thread *progress_thread,
                           MPI_Comm comm);
void progress_thread_end(struct progress_thread *progress_thread);

void progress_thread_lock(void);
void progress_thread_unlock(void);

#endif
