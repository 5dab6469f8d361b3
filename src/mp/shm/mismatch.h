/* Ranks that make different calls. Each arrival carries a signature of its
 * rank's call; a rank that finds another signature than its own breaks the
 * world, and the sentence names both calls. */
#ifndef COHORT_MP_SHM_MISMATCH_H
#define COHORT_MP_SHM_MISMATCH_H

#include "common/base/error.h"
#include "rendezvous_state.h"

/* The bits of signatures that ranks must have in common in this call. */
static inline uint64_t mismatch_bits(const struct call *call)
{
	return call->counts == COUNTS_SAME ? UINT64_MAX : UINT64_MAX << 32;
}

/* Whether another rank's signature matches this rank's call. */
static inline bool mismatch_none(const struct rendezvous *rdv, uint64_t theirs)
{
	const uint64_t difference = rdv->signature ^ theirs;

	return rdv->wait.call->counts == COUNTS_SAME ? difference == 0
	                                             : difference >> 32 == 0;
}

/* Rank r's signature at rendezvous `number`, this one or one that this rank has
 * left early, does not match: find out why, and break the world. */
COHORT_COLD COHORT_CHECKED cohort_status mismatch_report(struct rendezvous *rdv,
                                                         uint64_t number,
                                                         int r);

/* Rank r has arrived at rendezvous `number`, which this rank may leave early or
 * has left early: compare the signatures. */
COHORT_CHECKED static inline cohort_status
mismatch_check(struct rendezvous *rdv, uint64_t number, int r)
{
	const struct early_rendezvous *own =
	    &rdv->plane->early.of[number % ARRIVALS];
	const uint64_t theirs =
	    rendezvous_arrival_at(rdv, r, number)->signature;

	return ((own->signature ^ theirs) & own->compared) == 0
	           ? COHORT_OK
	           : mismatch_report(rdv, number, r);
}

/* Compare this rank's signature with those of all ranks that have arrived at
 * this rendezvous. */
COHORT_CHECKED cohort_status mismatch_check_arrived(struct rendezvous *rdv);

/* The same for `count` ranks at the most, from rank `first` on, including ranks
 * that this one does not wait for at the moment; and also at the rendezvous
 * that this rank has left early and that may be unsettled. */
COHORT_CHECKED cohort_status mismatch_check_some(struct rendezvous *rdv,
                                                 int first, int count);

#endif
