/* Rank 0's decisions about a sweep, which the other ranks follow (survivors.h).
 * All functions are for rank 0 only. */
#ifndef COHORT_COMMON_SWEEP_ROOT_DECISION_H
#define COHORT_COMMON_SWEEP_ROOT_DECISION_H

#include "sweep_run.h"

/* A rank has died before the sweep began: when the others are READY, publish
 * BEGUN or REFUSED. */
COHORT_CHECKED cohort_status root_decide_begin(struct sweep_run *run);

/* A rank has died in the sweep: when the others run no task, make failed
 * results of the tasks that the dead ranks ran, and publish PASS or END. */
COHORT_CHECKED cohort_status root_decide_next(struct sweep_run *run);

/* All ranks have ended the sweep together: publish END. `not_run` tasks have no
 * result. */
void root_decide_end(struct sweep_run *run, uint64_t not_run);

/* Rank 0 leaves the sweep: publish REFUSED, unless the sweep has ended. */
void root_decide_leave(struct sweep_run *run);

#endif
