/*
 * The barrier for more ranks than cores, or than FLAT_MOST: ranks add
 * themselves to one counter. The last rank to arrive compares the signatures of
 * all, and releases the others by one word that they all wait for.
 * Cost: p additions one after another, and p cache lines.
 */
#ifndef COHORT_MP_SHM_COUNTED_BARRIER_H
#define COHORT_MP_SHM_COUNTED_BARRIER_H

#include "rendezvous_state.h"

/* Add this rank, which has announced its arrival, to the counter. True on the
 * last rank. */
bool counted_barrier_add(const struct rendezvous *rdv);

/* Arrive. On the last rank *last is true: all have arrived, the others wait,
 * and it must call counted_barrier_release. On the others *last is false, and
 * the function returns once they are released. */
COHORT_CHECKED cohort_status counted_barrier_arrive(struct rendezvous *rdv,
                                                    bool *last);
void counted_barrier_release(struct rendezvous *rdv);

/* Arrive, and return once all have; the last rank releases the others. */
COHORT_CHECKED cohort_status counted_barrier_join(struct rendezvous *rdv);

#endif
