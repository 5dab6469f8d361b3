/* How a worker gets tasks. */
#ifndef COHORT_COMMON_CLAIM_H
#define COHORT_COMMON_CLAIM_H

#include "work.h"

/* How many tickets are needed; 0: none, the split is static. */
uint64_t claim_tickets(const struct run *run);

/* Those to be run next, as numbers from stand.next to stand.end; none if there
 * are none left. What was claimed before has been run. */
COHORT_CHECKED cohort_status claim_next(struct worker *worker);

#endif
