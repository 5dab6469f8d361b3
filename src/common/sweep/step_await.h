/*
 * Waiting for the words of steps.h, in a world that has failed. A rank that has
 * died is not waited for. Each function returns COHORT_OK when its condition
 * holds, COHORT_ETIMEOUT after the group's timeout, and COHORT_EPEER if all
 * ranks are lost.
 */
#ifndef COHORT_COMMON_SWEEP_STEP_AWAIT_H
#define COHORT_COMMON_SWEEP_STEP_AWAIT_H

#include "sweep_run.h"

/* On rank 0: every other rank has died, or is READY for the sweep. */
COHORT_CHECKED cohort_status step_await_all_come(const struct sweep_run *run);

/* On rank 0: every other rank has died, has left, or is READY after the last
 * decision. */
COHORT_CHECKED cohort_status step_await_all_rest(const struct sweep_run *run);

/* Rank 0 has decided about the sweep, or has left it. */
COHORT_CHECKED cohort_status step_await_decision(const struct sweep_run *run);

/* The same, with a decision after the one that this rank followed last. */
COHORT_CHECKED cohort_status
step_await_next_decision(const struct sweep_run *run);

/* Rank 0 has ended or refused the sweep, or decides about another one. */
COHORT_CHECKED cohort_status step_await_end(const cohort *group,
                                            const struct call *call,
                                            uint64_t sweep);

#endif
