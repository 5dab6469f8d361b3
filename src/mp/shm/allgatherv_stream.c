/*
 * Allgather of more than a slot: every rank streams its part through its ring,
 * and reads the streams of the others at the same time.
 * Cost: n bytes in and (p - 1) n bytes out on every rank, two cache lines for
 * each slice and reader.
 */
#include "allgatherv_stream.h"

#include "rendezvous.h"
#include "stream.h"

#include <assert.h>

/* A rank sends so many slices more than it has received. So the slice that it
 * wants next has mostly been written when it comes to it. */
enum { AHEAD = 2 };

/* Write this rank's slice k into its ring, and into recv while the data are in
 * the cache. */
static cohort_status send_slice(struct rendezvous *rdv,
                                const struct stream *stream,
                                const struct allgatherv_parts *parts, size_t k)
{
	const size_t n = stream_piece(stream, k, parts->own_bytes);
	const size_t at = k * stream->slice;
	const unsigned char *from = n > 0 ? parts->own + at : NULL;
	cohort_status status = stream_fill(rdv, stream, k, from, n);

	if (status == COHORT_OK && n > 0 && parts->own != parts->own_place)
		parts->copy(parts->own_place + at, from, n);
	return status;
}

/* Copy slice k of all other ranks. */
static cohort_status recv_slice(struct rendezvous *rdv,
                                const struct stream *stream,
                                const struct allgatherv_parts *parts, size_t k)
{
	unsigned char *to = parts->recv;

	for (int r = 0; r < rdv->size; r++) {
		const size_t bytes = allgatherv_bytes(parts, r);
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

cohort_status allgatherv_stream(struct rendezvous *rdv,
                                const struct allgatherv_parts *parts)
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
