/* How a worker gets tasks. */
#ifndef COHORT_COMMON_SWEEP_SCHEDULER_H
#define COHORT_COMMON_SWEEP_SCHEDULER_H

#include "worker.h"

/* How many tickets are needed; 0: none, the split is static. */
uint64_t scheduler_tickets(const struct sweep_run *run);

/* Those to be run next, as numbers from stand.next to stand.end; none if there
 * are none left. What was claimed before has been run. */
COHORT_CHECKED cohort_status scheduler_next(struct worker *worker);

#endif
