/* The slot `spread` of backend.h: all ranks map rank 0's copy. */
#ifndef COHORT_MP_MP_SPREAD_H
#define COHORT_MP_MP_SPREAD_H

#include "common/core/backend.h"

COHORT_CHECKED cohort_status mp_spread(struct world *base,
                                       const struct call *call,
                                       struct node_memory *memory, size_t bytes,
                                       cohort_status *mine);

#endif
