/*
 * Streams: what is larger than a slot, out of one rank's ring, slice by slice.
 * The owner fills a slice while the readers take those before it, and waits
 * when the ring is full. Slices are numbered for ever, so nothing is reset.
 * Cost: n bytes in and n bytes out at the same time, two cache lines a slice.
 */
#ifndef COHORT_MP_SHM_STREAM_H
#define COHORT_MP_SHM_STREAM_H

#include "meet.h"

/* From the root to all others: every rank calls it. */
COHORT_CHECKED cohort_status stream_bcast(struct meet *meet, void *data,
                                          size_t bytes, int root);

/* To the root of a gather: the owner calls stream_send, and the root
 * stream_recv for each owner. */
COHORT_CHECKED cohort_status stream_send(struct meet *meet, const void *data,
                                         size_t bytes);
COHORT_CHECKED cohort_status stream_recv(struct meet *meet, int owner,
                                         void *data, size_t bytes);

#endif
