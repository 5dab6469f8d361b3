/* The ranks tell each other their statuses between the steps of a
 * cohort_scatter, so that all of them go on or none does. Every call is
 * collective. */
#ifndef COHORT_COMMON_SWEEP_STATUS_EXCHANGE_H
#define COHORT_COMMON_SWEEP_STATUS_EXCHANGE_H

#include "sweep_run.h"

struct rank_status {
	uint64_t records; /* results that the rank has */
	uint64_t digest;  /* of their indices; see execute.c */
	uint64_t arrived; /* with on_result, on rank 0: results it has taken */
	uint64_t stop;    /* what stops the sweep; see stop_word.h */
	int32_t status;
	uint8_t built;
	uint8_t damaged; /* see sweep_run.h */
	uint8_t late;    /* the deadline kept tasks from being begun */
	uint8_t unused;
};

struct statuses {
	const struct rank_status *of; /* by rank, until the next exchange */
	int failed; /* the lowest rank that has failed; -1: none has */
};

/* Returns when all ranks have called it. */
COHORT_CHECKED cohort_status status_exchange(struct sweep_run *run,
                                             const struct rank_status *mine,
                                             struct statuses *out);

/* The status of statuses->failed, with the sentence that it wrote last;
 * COHORT_OK if no rank has failed. A status that breaks a group breaks this
 * one. */
COHORT_CHECKED cohort_status status_failure(struct sweep_run *run,
                                            const struct statuses *statuses);

/* The same for rank `from`, if all ranks know already that it has failed, and
 * with which status. */
COHORT_CHECKED cohort_status status_share(struct sweep_run *run, int from,
                                          cohort_status failure);

/* Exchange `mine`: the status of the lowest rank that has failed; COHORT_OK if
 * none has. */
COHORT_CHECKED cohort_status status_agree(struct sweep_run *run,
                                          cohort_status mine);

#endif
