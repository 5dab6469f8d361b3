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
#include "single_copy.h"
#include "staging.h"
#include "tuning.h"
#include "zero_copy.h"

static cohort_status allgatherv_small(struct rendezvous *rdv,
                                      const struct allgatherv_parts *parts)
{
	unsigned char *to = parts->recv;

	cohort_status status = staging_bring_each(
	    rdv, parts->own, parts->own_bytes, parts->largest);
	if (status == COHORT_OK)
		status = rendezvous_join(rdv);
	if (status != COHORT_OK)
		return status;
	for (int r = 0; r < rdv->size; r++) {
		const size_t bytes = allgatherv_bytes(parts, r);
		const unsigned char *from =
		    r == rdv->rank ? parts->own
		                   : staging_of_each(rdv, r, parts->largest);
		if (bytes > 0 && from != to)
			staging_take(to, from, bytes);
		if (bytes > 0)
			to += bytes;
	}
	return rendezvous_end(rdv);
}

/* They stream unless all offer their parts. */
static enum single_copy_way way_of_all(const struct rendezvous *rdv,
                                       const struct allgatherv_parts *parts)
{
	enum single_copy_way common = SINGLE_COPY_WAYS;

	for (int r = 0; r < rdv->size; r++) {
		const enum single_copy_way way = zero_copy_way(rdv, r);
		if (parts->counts[r] > 0 && way < common)
			common = way;
	}
	return common;
}

static cohort_status allgatherv_move(struct rendezvous *rdv,
                                     const struct allgatherv_parts *parts,
                                     enum single_copy_way way)
{
	bool all = false;
	cohort_status status = COHORT_OK;

	if (way != SINGLE_COPY_NO)
		status = allgatherv_zero_copy(rdv, parts, &all);
	return status == COHORT_OK && !all ? allgatherv_stream(rdv, parts)
	                                   : status;
}

/* Rank 0 measures. */
static cohort_status allgatherv_large(struct rendezvous *rdv,
                                      const struct allgatherv_parts *parts)
{
	zero_copy_offer(rdv, parts->own, parts->own_bytes);
	single_copy_offer(rdv, SINGLE_COPY_ALLGATHER, 0, parts->own,
	                  parts->largest);
	cohort_status status = rendezvous_join(rdv);
	if (status != COHORT_OK)
		return status;
	const enum single_copy_way way = way_of_all(rdv, parts);
	if (rdv->rank != 0)
		return allgatherv_move(rdv, parts, way);
	const struct single_copy_timer timer =
	    single_copy_begin(rdv, SINGLE_COPY_ALLGATHER, way, parts->largest);
	status = allgatherv_move(rdv, parts, way);
	single_copy_end(rdv, &timer);
	return status;
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
