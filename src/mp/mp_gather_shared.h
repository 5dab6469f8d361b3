/* The slot `gather_shared` of backend.h: all ranks write to one file in memory
 * and map it. Used for results that lie in no region. */
#ifndef COHORT_MP_MP_GATHER_SHARED_H
#define COHORT_MP_MP_GATHER_SHARED_H

#include "common/core/backend.h"

COHORT_CHECKED cohort_status
mp_gather_shared(struct world *base, const struct call *call, const void *send,
                 const size_t counts[], struct node_memory *memory,
                 size_t offsets[], cohort_status *lack);

#endif
