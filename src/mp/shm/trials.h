/*
 * When to try the way that is not the usual one. A rank can do some work in two
 * ways, measures how long it takes in the usual one, and does a little of it in
 * the other one from time to time: that is a trial. At first trials are
 * frequent, because the first measurements are disturbed by pages that are used
 * for the first time. Each trial that confirms the usual way doubles the work
 * before the next one.
 *
 * Work is counted in bytes or calls.
 */
#ifndef COHORT_MP_SHM_TRIALS_H
#define COHORT_MP_SHM_TRIALS_H

#include <stdbool.h>
#include <stdint.h>

struct trial_plan {
	uint64_t least;  /* work before the first trial, and after a change */
	uint64_t length; /* of a trial */
	uint64_t most;   /* work from one trial to the next, at most */
};

/* All zero at first, and after a change of the usual way. */
struct trials {
	uint64_t done; /* since the last trial ended, or the way changed */
	uint64_t wait; /* until the next trial; 0: the plan's least */
};

static inline uint64_t trials_wait(const struct trials *trials,
                                   const struct trial_plan *plan)
{
	return trials->wait > 0 ? trials->wait : plan->least;
}

/* Whether the next work belongs to a trial. */
static inline bool trials_under_way(const struct trials *trials,
                                    const struct trial_plan *plan)
{
	return trials->done >= trials_wait(trials, plan);
}

/* So much work is done, or about to be. */
static inline void trials_advance(struct trials *trials,
                                  const struct trial_plan *plan, uint64_t work)
{
	const uint64_t wait = trials_wait(trials, plan);

	trials->done += work;
	if (trials->done < wait + plan->length)
		return;
	trials->done = 0;
	trials->wait = 2 * wait < plan->most ? 2 * wait : plan->most;
}

#endif
