/* How a sweep reaches the ranks. */
#ifndef COHORT_COMMON_SWEEP_DISTRIBUTE_H
#define COHORT_COMMON_SWEEP_DISTRIBUTE_H

#include "sweep_run.h"

/* The arguments of this rank's cohort_scatter: COHORT_EINVAL with a sentence if
 * they are bad. */
COHORT_CHECKED cohort_status distribute_check(const cohort *group,
                                              const cohort_job *job,
                                              const void *params, size_t count);

/*
 * From the root to every rank: what is to be done, the parameters, and what an
 * earlier run has done. `run` has group, job and call; from here on it has all
 * but the state. *mine is this rank's own failure, which the others do not know
 * of yet; the status that is returned is every rank's.
 */
COHORT_CHECKED cohort_status distribute_sweep(struct sweep_run *run,
                                              const void *params, size_t count,
                                              cohort_status *mine);

#endif
