/*
 * Streams: what is larger than a slot, out of one rank's ring, slice by slice.
 * The owner fills a slice while the readers take those before it, and waits
 * when the ring is full. Slices are numbered for ever, so nothing is reset.
 * Cost: n bytes in and n bytes out at the same time, two cache lines a slice.
 */
#ifndef COHORT_MP_SHM_STREAM_H
#define COHORT_MP_SHM_STREAM_H

#include "copy.h"
#include "rendezvous.h"

/* What one rank or several send to all others: its slices have the same numbers
 * on every rank. */
struct stream {
	size_t bytes; /* of the longest owner */
	size_t slice;
	size_t turns;   /* places of a slice in a ring */
	size_t count;   /* slices */
	uint64_t first; /* number of its first slice, counted for ever */
};

enum stream_owners { STREAM_OF_ONE, STREAM_OF_ALL };

/* Every rank opens it, with the same number of bytes, after a meeting. */
struct stream stream_open(struct rendezvous *rdv, size_t bytes,
                          enum stream_owners owners);

/* How long slice k is of what has `bytes` bytes. */
static inline size_t stream_piece(const struct stream *stream, size_t k,
                                  size_t bytes)
{
	const size_t offset = k * stream->slice;

	if (offset >= bytes)
		return 0;
	return bytes - offset < stream->slice ? bytes - offset : stream->slice;
}

/* An owner: put its slice k, of `bytes` bytes, where others can read it. */
COHORT_CHECKED cohort_status stream_fill(struct rendezvous *rdv,
                                         const struct stream *stream, size_t k,
                                         const void *from, size_t bytes);

/* A reader: wait for an owner's slice k; *out is where it lies. */
COHORT_CHECKED cohort_status stream_await(struct rendezvous *rdv,
                                          const struct stream *stream,
                                          int owner, size_t k,
                                          const unsigned char **out);

/* A reader: slice k of all owners, and those before, are copied. */
void stream_take(struct rendezvous *rdv, const struct stream *stream, size_t k);

/* To the root of a gather: the owner calls stream_send, and the root
 * stream_recv for each owner. */
COHORT_CHECKED cohort_status stream_send(struct rendezvous *rdv,
                                         const void *data, size_t bytes);
COHORT_CHECKED cohort_status stream_recv(struct rendezvous *rdv, int owner,
                                         void *data, size_t bytes,
                                         copy_function *copy);

#endif
