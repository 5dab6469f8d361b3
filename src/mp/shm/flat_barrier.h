/* The barrier for ranks that each have a core, FLAT_MOST at most: each rank
 * reads the arrival of each other rank.
 * Cost: p (p - 1) cache lines, all moved at the same time. For two ranks this
 * is the minimum. */
#ifndef COHORT_MP_SHM_FLAT_BARRIER_H
#define COHORT_MP_SHM_FLAT_BARRIER_H

#include "rendezvous_state.h"

COHORT_CHECKED cohort_status flat_barrier_join(struct rendezvous *rdv);

#endif
