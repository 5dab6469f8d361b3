/* Ranks that make different calls. Each arrival carries a signature of its
 * rank's call; a rank that finds another signature than its own breaks the
 * world, and the sentence names both calls. */
#ifndef COHORT_MP_SHM_MISMATCH_H
#define COHORT_MP_SHM_MISMATCH_H

#include "rendezvous_state.h"

/* Whether another rank's signature matches this rank's call. */
static inline bool mismatch_none(const struct rendezvous *rdv, uint64_t theirs)
{
	const uint64_t difference = rdv->signature ^ theirs;

	return rdv->wait.call->counts == COUNTS_SAME ? difference == 0
	                                             : difference >> 32 == 0;
}

/* Rank r's signature does not match: find out why, and break the world. */
COHORT_CHECKED cohort_status mismatch_report(struct rendezvous *rdv, int r);

/* Compare this rank's signature with those of all ranks that have arrived,
 * including the ranks that it does not wait for at the moment. */
COHORT_CHECKED cohort_status mismatch_check_arrived(struct rendezvous *rdv);

/* The same for `count` ranks at the most, from rank `first` on. */
COHORT_CHECKED cohort_status mismatch_check_some(struct rendezvous *rdv,
                                                 int first, int count);

#endif
