/* The barrier for ranks that each have a core, FLAT_MOST at most: each rank
 * reads the arrival of each other rank.
 * Cost: p (p - 1) cache lines, all moved at the same time. For two ranks this
 * is the minimum. */
#ifndef COHORT_MP_SHM_FLAT_BARRIER_H
#define COHORT_MP_SHM_FLAT_BARRIER_H

#include "rendezvous_state.h"

COHORT_CHECKED cohort_status flat_barrier_join(struct rendezvous *rdv);

/* The same if rendezvous before this one may be unsettled: it settles them. */
COHORT_CHECKED cohort_status
flat_barrier_join_unsettled(struct rendezvous *rdv);

/* Settle the oldest of the rendezvous that this rank has left early, until no
 * more than `most` of them are unsettled: wait until all ranks have arrived
 * there, and compare their signatures. */
COHORT_CHECKED cohort_status flat_barrier_settle(struct rendezvous *rdv,
                                                 unsigned most);

#endif
