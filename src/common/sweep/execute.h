/* A sweep's tasks, from the first claim until all ranks are done. */
#ifndef COHORT_COMMON_SWEEP_EXECUTE_H
#define COHORT_COMMON_SWEEP_EXECUTE_H

#include "sweep_run.h"

/* Create the tickets for the todo list. Every rank calls it, in step, and none
 * claims before all have called it. */
COHORT_CHECKED cohort_status execute_open(struct sweep_run *run);

/* Claim and run tasks until none is left on any rank, or the sweep is stopped
 * or has failed. Returns the same status on every rank. */
COHORT_CHECKED cohort_status execute_run(struct sweep_run *run);

#endif
