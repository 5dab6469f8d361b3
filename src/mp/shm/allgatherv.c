/*
 * Allgather: chooses the algorithm, and does the one for parts up to
 * SLOT_BYTES. Each rank brings its part in its arrival or its slot, and after
 * the rendezvous copies the parts of the others.
 * Cost: one rendezvous, n bytes in and (p - 1) n bytes out on every rank.
 *
 * Larger parts begin with a rendezvous too. It tells whether all ranks offer
 * their buffers, and that all have left the call before, so that all rings are
 * free. Then allgatherv_zero_copy.c or allgatherv_stream.c.
 */
#include "allgatherv_parts.h"
#include "allgatherv_stream.h"
#include "allgatherv_zero_copy.h"
#include "rendezvous.h"
#include "shm_collectives.h"
#include "staging.h"
#include "tuning.h"
#include "zero_copy.h"

static cohort_status allgatherv_small(struct rendezvous *rdv,
                                      const struct allgatherv_parts *parts)
{
	unsigned char *to = parts->recv;

	staging_bring(rdv, parts->own, parts->own_bytes, parts->largest);
	cohort_status status = rendezvous_join(rdv);
	if (status != COHORT_OK)
		return status;
	for (int r = 0; r < rdv->size; r++) {
		const size_t bytes = allgatherv_bytes(parts, r);
		const unsigned char *from =
		    r == rdv->rank ? parts->own
		                   : staging_of(rdv, r, parts->largest);
		if (bytes > 0 && from != to)
			staging_take(to, from, bytes);
		if (bytes > 0)
			to += bytes;
	}
	return rendezvous_end(rdv);
}

static cohort_status allgatherv_large(struct rendezvous *rdv,
                                      const struct allgatherv_parts *parts)
{
	zero_copy_offer(rdv, parts->own, parts->own_bytes);
	cohort_status status = rendezvous_join(rdv);
	if (status != COHORT_OK)
		return status;
	for (int r = 0; r < rdv->size; r++)
		if (parts->counts[r] > 0 && !zero_copy_offered(rdv, r))
			return allgatherv_stream(rdv, parts);
	return allgatherv_zero_copy(rdv, parts);
}

static cohort_status allgatherv_one_rank(struct rendezvous *rdv,
                                         const struct allgatherv_parts *parts)
{
	cohort_status status = rendezvous_join(rdv);

	if (status != COHORT_OK || parts->own == parts->own_place)
		return status;
	return zero_copy_read(rdv, parts->copy, parts->own_place, parts->own,
	                      parts->own_bytes);
}

cohort_status shm_allgatherv(struct world *base, const struct call *call,
                             const void *send, void *recv,
                             const size_t counts[], size_t width)
{
	struct rendezvous rdv;
	struct allgatherv_parts parts = {
	    .recv = recv,
	    .counts = counts,
	    .width = width,
	    .own = send,
	    .own_bytes = (size_t)call->count * width,
	};
	size_t total = 0;

	rendezvous_begin(&rdv, base, call);
	for (int r = 0; r < base->size; r++) {
		const size_t bytes = allgatherv_bytes(&parts, r);
		parts.largest = bytes > parts.largest ? bytes : parts.largest;
		if (r == base->rank && bytes > 0)
			parts.own_place = parts.recv + total;
		total += bytes;
	}
	parts.copy = tuning_copy(total, NONTEMPORAL_GATHER);
	if (base->size == 1)
		return allgatherv_one_rank(&rdv, &parts);
	return parts.largest > SLOT_BYTES ? allgatherv_large(&rdv, &parts)
	                                  : allgatherv_small(&rdv, &parts);
}
