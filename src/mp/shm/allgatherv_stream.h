#ifndef COHORT_MP_SHM_ALLGATHERV_STREAM_H
#define COHORT_MP_SHM_ALLGATHERV_STREAM_H

#include "allgatherv_parts.h"
#include "rendezvous_state.h"

/* Allgather through all rings, after a rendezvous. */
COHORT_CHECKED cohort_status
allgatherv_stream(struct rendezvous *rdv, const struct allgatherv_parts *parts);

#endif
