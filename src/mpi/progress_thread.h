/* A thread that calls MPI while this rank works: ranks of other nodes need
 * answers, and MPI does nothing while nobody calls it. */
#ifndef COHORT_MPI_PROGRESS_THREAD_H
#define COHORT_MPI_PROGRESS_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct progress_thread {
	/* One turn, with the lock held; returns the seconds until the next. */
	double (*turn)(void *arg);
	void *arg;
	atomic_uint *bell; /* it ends the pause between two turns */
	pthread_t thread;
	bool runs;
	int refused; /* the error for which there is no thread, or 0 */
	atomic_bool leaving;
};

/*
 * Start a thread that takes turns until progress_thread_end. In between the
 * library calls MPI only while it holds progress_thread_lock, and the program
 * does not call MPI, unless MPI allows calls from any thread. `turn`, `arg` and
 * `bell` are set. Returns false, without a thread, if MPI allows calls from one
 * thread only or no thread can be created.
 */
bool progress_thread_begin(struct progress_thread *progress_thread);
void progress_thread_end(struct progress_thread *progress_thread);

void progress_thread_lock(void);
void progress_thread_unlock(void);

#endif
