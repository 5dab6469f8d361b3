/* The slots of backend.h for the tickets of a sweep. */
#ifndef COHORT_MPI_TICKETS_H
#define COHORT_MPI_TICKETS_H

#include "common/core/backend.h"

cohort_status tickets_open(struct world *base, uint64_t total);
cohort_status tickets_claim(struct world *base, uint64_t most,
                            struct ticket_range *out);
void tickets_join(struct world *base);
cohort_status tickets_leave(struct world *base);

/* See struct result_transfer. */
cohort_status tickets_attend(struct world *base);

#endif
