/*
 * How a rank waits for a word in shared memory to change.
 *
 * If ranks fit the cores, it spins for some tens of microseconds; a cache line
 * arrives within a tenth of one. Then it yields the core between loads of the
 * word. After two milliseconds it sleeps, and the rank that writes the word
 * wakes it. If there are more ranks than cores, the rank that will write the
 * word may need this core, so this rank yields at once, and does not look at
 * the clock before it has done so a few times.
 */
#ifndef COHORT_MP_SHM_BACKOFF_H
#define COHORT_MP_SHM_BACKOFF_H

#include "mp/wait.h"
#include "shm_plane.h"

struct backoff {
	struct wait *wait;
	struct shm_plane *plane;
	unsigned spins;
	unsigned rounds;   /* of sleeping: grows before each sleep */
	double yielded_at; /* time of the first yield; 0: none so far */
	bool shared;       /* the first yield let another process run */
	bool announced;    /* this rank is counted in control->sleepers */
	uint32_t wakes;    /* control->wakes, before the word was last loaded */
};

/*
 * The caller loads the word, and calls this function each time that the word
 * has not changed yet. A wake-up cannot be lost between the two: before a rank
 * sleeps for the first time it counts itself among the sleepers, and returns,
 * so that the caller loads the word once more.
 */
COHORT_CHECKED cohort_status backoff_step(struct backoff *backoff);

/* The wait has ended, also if it failed. */
void backoff_end(struct backoff *backoff);

/* This rank has changed a word that others may wait for: wake those that sleep.
 * Cost: two loads of one cache line, which is written only when a rank goes to
 * sleep. */
static inline void backoff_wake(struct control_page *control)
{
	/* The word must be visible before `sleepers` is read. A sleeper ensures
	 * that with a membarrier, which works on this processor too; where the
	 * kernel has none, each waker needs a fence. */
	atomic_signal_fence(memory_order_seq_cst);
	if (atomic_load_explicit(&control->fences, memory_order_relaxed))
		atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load_explicit(&control->sleepers, memory_order_relaxed) > 0)
		control_wake(control);
}

/* Every rank calls it once, before its first wait. */
void backoff_prepare(struct shm_plane *plane, struct control_page *control);

#endif
