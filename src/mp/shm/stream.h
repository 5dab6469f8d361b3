/*
 * A stream: data from one rank, or from each rank, to all others. The owner
 * fills slices of its ring while the readers copy earlier ones, and waits when
 * the ring is full. After the last slice the owner goes on at once, with slices
 * in its ring that others have yet to read; so the ring may not be used for
 * anything else before the next rendezvous.
 * Cost: n bytes in and n bytes out at the same time, two cache lines a slice.
 */
#ifndef COHORT_MP_SHM_STREAM_H
#define COHORT_MP_SHM_STREAM_H

#include "stream_ring.h"

/* Every rank opens the stream after a rendezvous, with the same `bytes`: those
 * of the owner that has most. */
struct stream stream_open(struct rendezvous *rdv, size_t bytes,
                          enum stream_owners owners);

/* An owner: write its slice k, `bytes` bytes, into its ring. */
COHORT_CHECKED cohort_status stream_fill(struct rendezvous *rdv,
                                         const struct stream *stream, size_t k,
                                         const void *from, size_t bytes);

/* A reader: wait for slice k of an owner; *out receives its address. */
COHORT_CHECKED cohort_status stream_await(struct rendezvous *rdv,
                                          const struct stream *stream,
                                          int owner, size_t k,
                                          const unsigned char **out);

/* A reader: it has copied slice k of all owners, and all slices before. */
void stream_take(struct rendezvous *rdv, const struct stream *stream, size_t k);

#endif
