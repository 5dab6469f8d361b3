/* Everybody works, until all is done. */
#ifndef COHORT_COMMON_ROUNDS_H
#define COHORT_COMMON_ROUNDS_H

#include "run.h"

/* Put out the tickets for what run->pending has. On every rank, in step; nobody
 * claims before all have met. */
COHORT_CHECKED cohort_status rounds_open(struct run *run);

/* Claim and run until no task is left on any rank, or something ends the sweep;
 * the same status on every rank. */
COHORT_CHECKED cohort_status rounds_work(struct run *run);

#endif
