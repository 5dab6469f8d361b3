/* Allreduce of buffers that all ranks can read. */
#ifndef COHORT_MP_SHM_ALLREDUCE_ZERO_COPY_H
#define COHORT_MP_SHM_ALLREDUCE_ZERO_COPY_H

#include "reduction.h"

/* A rank's buffers; both NULL if it does not offer them. */
struct reduction_offer {
	const unsigned char *send;
	const unsigned char *recv;
};

/* Before a rendezvous: this rank's arrival will carry its offer. `own` must
 * last until then. */
void allreduce_zero_copy_offer(struct reduction *red,
                               struct reduction_offer *own);

/* After it: whether all ranks offered their buffers. */
bool allreduce_zero_copy_offered(const struct reduction *red,
                                 const struct reduction_offer *own);

/* The allreduce, if all ranks offered their buffers. */
COHORT_CHECKED cohort_status allreduce_zero_copy(struct reduction *red);

#endif
