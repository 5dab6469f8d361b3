/* Watches a call of MPI that may not return. */
#ifndef COHORT_MPI_CALL_WATCH_H
#define COHORT_MPI_CALL_WATCH_H

#include <pthread.h>
#include <stdbool.h>

struct call_watch {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	bool started;
	bool over;      /* the call has returned */
	double seconds; /* until it is late */
	double (*late)(void *arg);
	void *arg;
};

/*
 * Begin to watch: if the call has not returned after `seconds`, a thread calls
 * `late(arg)`. It returns after how many seconds it is to be called again; 0:
 * never. If the system refuses a thread, nobody watches.
 */
void call_watch_begin(struct call_watch *watch, double seconds,
                      double (*late)(void *arg), void *arg);

/* The call has returned. Waits until `late` has, too. */
void call_watch_end(struct call_watch *watch);

#endif
