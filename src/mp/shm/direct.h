/* Data that need not be moved to be read: those that lie in the arena's heaps.
 * A rank offers its own before a meeting, in its flag; after it, every rank
 * finds all offers. */
#ifndef COHORT_MP_SHM_DIRECT_H
#define COHORT_MP_SHM_DIRECT_H

#include "copy.h"
#include "meet.h"

/* Into this rank's flag: where the data are if they are shared, else nothing. */
void direct_offer(struct meet *meet, const void *data, size_t bytes);

/* Rank r's data, of `bytes` bytes, ready to be read; NULL if it offered
 * nothing. */
COHORT_CHECKED cohort_status direct_find(struct meet *meet, int r, size_t bytes,
                                         const void **out);

/* Whether rank r offered its data. */
bool direct_offered(const struct meet *meet, int r);

/* Make others' data readable for this rank. */
COHORT_CHECKED cohort_status direct_open(struct meet *meet, const void *data,
                                         size_t bytes);

/* The root of a gather has read rank r's data; and the rank waits for that, as
 * it would for a stream of one slice. */
void direct_done(struct meet *meet, int r);
COHORT_CHECKED cohort_status direct_await(struct meet *meet);

/* A copy of what may be very long, in pieces: nobody may have to wait for its
 * end to learn that the world has broken. */
COHORT_CHECKED cohort_status direct_copy(const struct meet *meet,
                                         copy_function *copy, void *to,
                                         const void *from, size_t bytes);

#endif
