#ifndef COHORT_MP_SHM_ALLREDUCE_BLOCKS_H
#define COHORT_MP_SHM_ALLREDUCE_BLOCKS_H

#include "reduction.h"

/* Allreduce through all rings, after a rendezvous. */
COHORT_CHECKED cohort_status allreduce_blocks(struct reduction *red);

#endif
