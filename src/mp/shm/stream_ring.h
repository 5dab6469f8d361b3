/*
 * How data larger than a slot is cut into slices, and where a rank's ring has
 * them. The ring has room for a few slices, which are used in turns. Slices are
 * numbered from the start of the program and never anew, so no counter is ever
 * reset.
 */
#ifndef COHORT_MP_SHM_STREAM_RING_H
#define COHORT_MP_SHM_STREAM_RING_H

#include "rendezvous_state.h"

/* How many ranks use their rings at the same time. */
enum stream_owners { STREAM_OF_ONE, STREAM_OF_ALL };

struct stream {
	size_t bytes;   /* of data */
	size_t slice;   /* bytes in a slice; the last one may have fewer */
	size_t turns;   /* slices for which the ring has room */
	size_t count;   /* slices of this stream */
	uint64_t first; /* number of its first slice */
};

struct stream stream_cut(const struct rendezvous *rdv, size_t bytes,
                         enum stream_owners owners, uint64_t first);

/* How long slice k is if there are `bytes` bytes of data. */
static inline size_t stream_piece(const struct stream *stream, size_t k,
                                  size_t bytes)
{
	const size_t offset = k * stream->slice;

	if (offset >= bytes)
		return 0;
	return bytes - offset < stream->slice ? bytes - offset : stream->slice;
}

/* Where slice k is in the owner's ring. */
static inline unsigned char *stream_at(const struct rendezvous *rdv,
                                       const struct stream *stream, int owner,
                                       size_t k)
{
	return rdv->arena->slabs[owner].ring +
	       (stream->first + k) % stream->turns * stream->slice;
}

#endif
