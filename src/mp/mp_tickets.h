/* The ticket slots of the backend interface (common/core/backend.h), over a
 * counter in the control page. */
#ifndef COHORT_MP_MP_TICKETS_H
#define COHORT_MP_MP_TICKETS_H

#include "common/core/backend.h"

cohort_status mp_tickets_open(struct world *base, uint64_t total);
cohort_status mp_tickets_claim(struct world *base, uint64_t most,
                               struct ticket_range *out);
void mp_tickets_join(struct world *base);
cohort_status mp_tickets_leave(struct world *base);

#endif
