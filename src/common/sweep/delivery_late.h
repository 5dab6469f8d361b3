/* Results as they come (delivery_state.h), where rank 0 cannot read the other
 * ranks' records: they send them after each pass, and on_result is called
 * late. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_LATE_H
#define COHORT_COMMON_SWEEP_DELIVERY_LATE_H

#include "sweep_run.h"

/* Collective, after a pass. Does nothing where rank 0 can read the records.
 * Returns the same status on every rank. */
COHORT_CHECKED cohort_status delivery_collect_late(struct sweep_run *run);

#endif
