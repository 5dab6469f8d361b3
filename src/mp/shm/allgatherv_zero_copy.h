#ifndef COHORT_MP_SHM_ALLGATHERV_ZERO_COPY_H
#define COHORT_MP_SHM_ALLGATHERV_ZERO_COPY_H

#include "allgatherv_parts.h"
#include "rendezvous_state.h"

/* Allgather from all buffers, after the rendezvous to which all ranks brought
 * their offers. *all is false if some rank could not read some part. */
COHORT_CHECKED cohort_status allgatherv_zero_copy(
    struct rendezvous *rdv, const struct allgatherv_parts *parts, bool *all);

#endif
