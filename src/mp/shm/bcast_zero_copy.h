#ifndef COHORT_MP_SHM_BCAST_ZERO_COPY_H
#define COHORT_MP_SHM_BCAST_ZERO_COPY_H

#include "rendezvous_state.h"

/* Broadcast from the root's buffer, after the rendezvous to which it brought
 * its offer. *all is false if some rank could not read it. */
COHORT_CHECKED cohort_status bcast_zero_copy(struct rendezvous *rdv, void *data,
                                             size_t bytes, bool *all);

#endif
