/*
 * Leaving a rendezvous before all ranks have arrived. The root of a small
 * broadcast and the senders of a small gather need nothing from the others, and
 * the receivers of a broadcast need the root's arrival only.
 *
 * Such a rank arrives, waits for what it needs, and leaves. It settles the
 * rendezvous later: it waits until all ranks have arrived there, and compares
 * their signatures with its own. When a rank leaves, at most EARLY_MOST of the
 * rendezvous that it has made are unsettled; rendezvous.h says why arrivals and
 * slots are then free when they are used again. Every rendezvous that a rank
 * joins settles all before it.
 *
 * With the flat barrier a rank settles a rendezvous by reading the arrivals of
 * the others. With the counted barrier the last rank to arrive has compared all
 * signatures, and `complete` says so.
 *
 * In its next call a rank waits for what it has left, so it learns there of a
 * peer that died or made another call instead. Only in a long row of calls that
 * it may leave early, it gets further ahead: with more ranks than cores each
 * rank then makes several calls before the core goes to another.
 */
#ifndef COHORT_MP_SHM_EARLY_LEAVE_H
#define COHORT_MP_SHM_EARLY_LEAVE_H

#include "rendezvous_state.h"

/* Arrive at a rendezvous that this rank may leave early. If *last, all others
 * have arrived, the barrier is counted, and the rank must call
 * rendezvous_release. */
COHORT_CHECKED cohort_status early_leave_arrive(struct rendezvous *rdv,
                                                bool *last);

/* Wait until rank r has arrived at this rendezvous with the same call. */
COHORT_CHECKED cohort_status early_leave_await(struct rendezvous *rdv, int r);

/* Wait until so many of the earlier rendezvous are settled that this rank may
 * leave. A receiver calls it before it writes its buffer. */
COHORT_CHECKED cohort_status early_leave(struct rendezvous *rdv);

/* This rank joins a rendezvous that others may leave early: it is one of the
 * row. */
void early_leave_count(struct rendezvous *rdv);

#endif
