/*
 * Records reach the disk within a second. How often the file has
 * changed, and at which of these it was synced, stands in the writer's shared
 * part; the thread compares them, and so needs no word from the process that
 * writes, which may be a child.
 */
#ifndef COHORT_COMMON_JOURNAL_SYNC_H
#define COHORT_COMMON_JOURNAL_SYNC_H

#include "journal.h"

#include <pthread.h>

struct journal_sync {
	int fd;
	struct journal_shared *shared;
	bool threaded; /* in the process that opened, and known to children */
	bool stop;     /* under the mutex, as is its signal */
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	pthread_t thread;
};

/* What did not work, of all that can be remembered in shared.failed. */
#define JOURNAL_FAILURE_MAP(X) \
	X(WRITE, "write to")   \
	X(CUT, "cut")          \
	X(SYNC, "sync")        \
	X(CLOSE, "close")

enum journal_failure {
	FAILURE_NONE,
#define FAILURE_ENUM(name, words) FAILURE_##name,
	JOURNAL_FAILURE_MAP(FAILURE_ENUM)
#undef FAILURE_ENUM
};

/* Remember a failure and errno, if it is the first one. */
void journal_failed(struct journal_shared *shared,
                    enum journal_failure failure);

/* Start the thread; where that cannot be had, sync_written does its work. */
void sync_start(struct journal_sync *sync, int fd,
                struct journal_shared *shared);

/* To be called after each record. */
void sync_written(struct journal_sync *sync);

/* Sync if anything has changed since the last time. A failure is remembered; after one nothing is synced:
 * what the system has dropped then, no second try brings back. */
void sync_now(struct journal_sync *sync);

/* End the thread. Not in a forked copy. */
void sync_stop(struct journal_sync *sync);

#endif
