/* Results as they come (delivery_state.h): what each rank needs for a sweep. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_OPEN_H
#define COHORT_COMMON_SWEEP_DELIVERY_OPEN_H

#include "sweep_run.h"

/* On every rank, before the ranks exchange their statuses. run->delivery stays
 * NULL if the job has no on_result. COHORT_ENOMEM or COHORT_ESYS if the rank
 * cannot go on. */
COHORT_CHECKED cohort_status delivery_open(struct sweep_run *run);

/* Release everything. */
void delivery_close(struct sweep_run *run);

#endif
