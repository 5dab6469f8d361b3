/*
 * Allgather. All parts up to PAYLOAD_BYTES: in the flags; up to SLOT_BYTES: in
 * the slots; both filled before the one meeting, and read by all after it.
 * Above: a meeting, and then a stream from every rank (stream.h); or, if all
 * parts lie where all ranks can read them, one meeting more and no bytes in.
 * Cost: n bytes in and (p - 1) n bytes out on every rank, at the same time.
 */
#include "rendezvous.h"
#include "shm_collectives.h"
#include "staging.h"
#include "stream.h"
#include "tuning.h"
#include "zero_copy.h"

#include <assert.h>

/* All parts, where they go, and this rank's. */
struct parts {
	unsigned char *recv;
	const size_t *counts;
	size_t width;
	size_t largest; /* bytes */
	const unsigned char *own;
	size_t own_bytes;
	unsigned char *own_place; /* in recv */
	copy_function *copy;      /* into recv */
};

static cohort_status exchange_small(struct rendezvous *rdv,
                                    const struct parts *parts)
{
	unsigned char *to = parts->recv;

	staging_bring(rdv, parts->own, parts->own_bytes, parts->largest);
	cohort_status status = rendezvous_join(rdv);
	if (status != COHORT_OK)
		return status;
	for (int r = 0; r < rdv->size; r++) {
		const size_t bytes = parts->counts[r] * parts->width;
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

/* This rank's slice k into its ring and, while it is at hand, into its own
 * recv. */
static cohort_status send_slice(struct rendezvous *rdv,
                                const struct stream *stream,
                                const struct parts *parts, size_t k)
{
	const size_t n = stream_piece(stream, k, parts->own_bytes);
	const size_t at = k * stream->slice;
	const unsigned char *from = n > 0 ? parts->own + at : NULL;
	cohort_status status = stream_fill(rdv, stream, k, from, n);

	if (status == COHORT_OK && n > 0 && parts->own != parts->own_place)
		parts->copy(parts->own_place + at, from, n);
	return status;
}

/* Slice k of everybody else. */
static cohort_status recv_slice(struct rendezvous *rdv,
                                const struct stream *stream,
                                const struct parts *parts, size_t k)
{
	unsigned char *to = parts->recv;

	for (int r = 0; r < rdv->size; r++) {
		const size_t bytes = parts->counts[r] * parts->width;
		const size_t n = stream_piece(stream, k, bytes);
		const unsigned char *from;
		if (r != rdv->rank && n > 0) {
			cohort_status status =
			    stream_await(rdv, stream, r, k, &from);
			if (status != COHORT_OK)
				return status;
			parts->copy(to + k * stream->slice, from, n);
		}
		to += bytes;
	}
	stream_take(rdv, stream, k);
	return COHORT_OK;
}

/* A rank is that many slices further in sending than in receiving, so that it
 * mostly finds there what it wants. */
enum { AHEAD = 2 };

static cohort_status exchange_stream(struct rendezvous *rdv,
                                     const struct parts *parts)
{
	const struct stream stream =
	    stream_open(rdv, parts->largest, STREAM_OF_ALL);
	cohort_status status = COHORT_OK;

	assert(stream.turns > AHEAD);
	for (size_t k = 0; k < stream.count + AHEAD && status == COHORT_OK;
	     k++) {
		if (k < stream.count)
			status = send_slice(rdv, &stream, parts, k);
		if (status == COHORT_OK && k >= AHEAD)
			status = recv_slice(rdv, &stream, parts, k - AHEAD);
	}
	return status == COHORT_OK ? rendezvous_end(rdv) : status;
}

/* Every part from where it is. */
static cohort_status exchange_zero_copy(struct rendezvous *rdv,
                                        const struct parts *parts)
{
	unsigned char *to = parts->recv;

	for (int r = 0; r < rdv->size; r++) {
		const size_t bytes = parts->counts[r] * parts->width;
		const void *there = NULL;
		cohort_status status = COHORT_OK;
		if (r == rdv->rank)
			there = to == parts->own ? NULL : parts->own;
		else if (bytes > 0)
			status = zero_copy_find(rdv, r, bytes, &there);
		if (status != COHORT_OK)
			return status;
		if (there)
			status =
			    zero_copy_read(rdv, parts->copy, to, there, bytes);
		if (status != COHORT_OK)
			return status;
		to += bytes;
	}
	rendezvous_next(rdv);
	return rendezvous_join(rdv);
}

static cohort_status exchange_large(struct rendezvous *rdv,
                                    const struct parts *parts)
{
	zero_copy_offer(rdv, parts->own, parts->own_bytes);
	/* Also because somebody may still read this rank's ring, for a call
	 * before, until all have come to this one. */
	cohort_status status = rendezvous_join(rdv);
	if (status != COHORT_OK)
		return status;
	for (int r = 0; r < rdv->size; r++)
		if (parts->counts[r] > 0 && !zero_copy_offered(rdv, r))
			return exchange_stream(rdv, parts);
	return exchange_zero_copy(rdv, parts);
}

static cohort_status allgatherv_alone(struct rendezvous *rdv,
                                      const struct parts *parts)
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
	struct parts parts = {
	    .recv = recv,
	    .counts = counts,
	    .width = width,
	    .own = send,
	    .own_bytes = (size_t)call->count * width,
	};
	size_t total = 0;

	rendezvous_begin(&rdv, base, call);
	for (int r = 0; r < base->size; r++) {
		const size_t bytes = counts[r] * width;
		parts.largest = bytes > parts.largest ? bytes : parts.largest;
		if (r == base->rank && bytes > 0)
			parts.own_place = parts.recv + total;
		total += bytes;
	}
	parts.copy = tuning_copy(total, NONTEMPORAL_GATHER);
	if (base->size == 1)
		return allgatherv_alone(&rdv, &parts);
	return parts.largest > SLOT_BYTES ? exchange_large(&rdv, &parts)
	                                  : exchange_small(&rdv, &parts);
}
