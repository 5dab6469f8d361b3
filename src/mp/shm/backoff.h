/*
 * How a rank passes the time until a word in shared memory changes. While
 * ranks fit the cores: look again and again for some tens of microseconds,
 * since a cache line takes a tenth of one; then let others run between looks;
 * after two milliseconds sleep, and be woken. When there are more ranks than
 * cores, the one that is waited for needs this core: let it run at once.
 */
#ifndef COHORT_MP_SHM_BACKOFF_H
#define COHORT_MP_SHM_BACKOFF_H

#include "mp/wait.h"
#include "shm_plane.h"

struct backoff {
	struct wait *wait;
	struct shm_plane *plane;
	unsigned spins;
	unsigned rounds; /* of looking around: once before each sleep */
	double yielding; /* since when; 0: not yet */
	bool shared;     /* the first yield gave the core to somebody */
	bool announced;  /* counted among the sleepers */
	uint32_t wakes;  /* as they were before the last look */
};

/* Called after each look that found nothing. Between this call and the next
 * look nothing is missed: a sleeper says that it is about to sleep and returns
 * for one more look before it does. */
COHORT_CHECKED cohort_status backoff_step(struct backoff *backoff);

/* Done with waiting, for whatever reason. */
void backoff_end(struct backoff *backoff);

/* A word was changed that somebody may wait for. Costs two loads of one line,
 * which is written only when somebody falls asleep. */
static inline void backoff_wake(struct control_page *control)
{
	/* The word was written, now the sleepers are read: the two must not
	 * change places. A sleeper sees to that, with a barrier on this
	 * processor too; only where it cannot must every waker. */
	atomic_signal_fence(memory_order_seq_cst);
	if (atomic_load_explicit(&control->fences, memory_order_relaxed))
		atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load_explicit(&control->sleepers, memory_order_relaxed) > 0)
		control_wake(control);
}

/* Once in every rank, before the first wait. */
void backoff_prepare(struct shm_plane *plane, struct control_page *control);

#endif
