/*
 * The counts that the root of a gather expects. The root brings them to the
 * rendezvous, and every rank that joins it compares them with the counts in the
 * signatures. Senders that leave early learn of a wrong one in their next call.
 */
#ifndef COHORT_MP_SHM_GATHER_COUNTS_H
#define COHORT_MP_SHM_GATHER_COUNTS_H

#include "common/base/error.h"
#include "rendezvous.h"
#include "staging.h"

enum { COUNTS_IN_PAYLOAD = PAYLOAD_BYTES / sizeof(uint32_t) };

/* The root's counts, if its arrival has room for them. */
struct gather_counts {
	uint32_t few[COUNTS_IN_PAYLOAD];
};

/* The root, before the rendezvous; `store` must last until it arrives. */
static inline void gather_counts_bring(struct rendezvous *rdv,
                                       const size_t counts[],
                                       struct gather_counts *store)
{
	const size_t bytes = (size_t)rdv->size * sizeof(uint32_t);
	uint32_t *to = store->few;

	if (bytes > PAYLOAD_BYTES)
		to = (void *)staging_of(rdv, rdv->rank, bytes);
	else
		rendezvous_attach(rdv, to, bytes);
	for (int r = 0; r < rdv->size; r++)
		to[r] = signature_fold(counts[r]);
}

/* Rank r sends another count than the root expects: break the world. */
COHORT_COLD cohort_status gather_counts_wrong(const struct rendezvous *rdv,
                                              int r, uint32_t sent,
                                              uint32_t expected);

/* After the rendezvous. On the root `counts` are its own; elsewhere they are
 * NULL. This rank does not read its own arrival: another core may have the
 * cache line. */
COHORT_CHECKED static inline cohort_status
gather_counts_compare(const struct rendezvous *rdv, const size_t counts[])
{
	const size_t bytes = (size_t)rdv->size * sizeof(uint32_t);
	const uint32_t *brought =
	    (const void *)staging_of(rdv, rdv->wait.call->root, bytes);

	for (int r = 0; r < rdv->size; r++) {
		const uint32_t sent =
		    (uint32_t)(r == rdv->rank
		                   ? rdv->signature
		                   : rendezvous_arrival(rdv, r)->signature);
		const uint32_t expected =
		    counts ? signature_fold(counts[r]) : brought[r];
		if (sent != expected)
			return gather_counts_wrong(rdv, r, sent, expected);
	}
	return COHORT_OK;
}

/* Join the rendezvous, and compare. In a counted barrier the last rank compares
 * for all. */
COHORT_CHECKED static inline cohort_status
gather_counts_join(struct rendezvous *rdv, const size_t counts[])
{
	bool last;
	cohort_status status = rendezvous_join_last(rdv, &last);

	if (status == COHORT_OK && (last || !rendezvous_is_counted(rdv)))
		status = gather_counts_compare(rdv, counts);
	if (status == COHORT_OK && last)
		rendezvous_release(rdv);
	return status;
}

#endif
