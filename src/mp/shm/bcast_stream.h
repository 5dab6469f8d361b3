#ifndef COHORT_MP_SHM_BCAST_STREAM_H
#define COHORT_MP_SHM_BCAST_STREAM_H

#include "rendezvous_state.h"

/* Broadcast through the root's ring, after a rendezvous. */
COHORT_CHECKED cohort_status bcast_stream(struct rendezvous *rdv, void *data,
                                          size_t bytes);

#endif
