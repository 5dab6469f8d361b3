/* What stops a sweep before all its tasks are run: a signal (signal_stop.h),
 * cohort_interrupt, or cohort_stop, which is defined here. */
#ifndef COHORT_COMMON_SWEEP_SWEEP_STOP_H
#define COHORT_COMMON_SWEEP_SWEEP_STOP_H

#include "common/base/rank_states.h"
#include "common/base/stop_word.h"
#include "sweep_run.h"

enum { STOP_REASON_BYTES = 96 };

/* What stops this sweep; 0: nothing does. Every rank of this machine sees the
 * same. Cost: one load. */
static inline uint64_t sweep_stop(const struct sweep_run *run)
{
	const uint64_t word = atomic_load_explicit(
	    &run->group->world->states->stop, memory_order_relaxed);

	return __builtin_expect(word != 0, 0) ? stop_word_for(word, run->number)
	                                      : 0;
}

/* Whether cohort_interrupt was called, on this rank or on one that has said so:
 * then a child is ended at once. */
static inline bool sweep_is_interrupted(const struct sweep_run *run)
{
	return group_is_interrupted(run->group) ||
	       stop_word_interrupts(sweep_stop(run));
}

/* If this rank was interrupted, stop the other ranks. */
void sweep_stop_if_interrupted(const struct sweep_run *run);

/* Write what has stopped a sweep, as the subject of a sentence. */
void sweep_stop_describe(uint64_t stop, char reason[STOP_REASON_BYTES]);

/* This process is a child that runs tasks: it may call cohort_stop. */
void sweep_stop_become_task(void);

#endif
