/* Everybody works, until all is done. */
#ifndef COHORT_COMMON_SWEEP_EXECUTE_H
#define COHORT_COMMON_SWEEP_EXECUTE_H

#include "sweep_run.h"

/* Put out the tickets for what run->pending has. On every rank, in step; nobody
 * claims before all have met. */
COHORT_CHECKED cohort_status execute_open(struct sweep_run *run);

/* Claim and run until no task is left on any rank, or something ends the sweep;
 * the same status on every rank. */
COHORT_CHECKED cohort_status execute_run(struct sweep_run *run);

#endif
