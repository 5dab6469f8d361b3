/* Data that need not be moved to be read: those that lie in the arena's heaps.
 * A rank offers its own before a meeting, in its flag; after it, every rank
 * finds all offers. */
#ifndef COHORT_MP_SHM_ZERO_COPY_H
#define COHORT_MP_SHM_ZERO_COPY_H

#include "copy.h"
#include "rendezvous.h"

/* Into this rank's flag: where the data are if they are shared, else nothing. */
void zero_copy_offer(struct rendezvous *rdv, const void *data, size_t bytes);

/* Rank r's data, of `bytes` bytes, ready to be read; NULL if it offered
 * nothing. */
COHORT_CHECKED cohort_status zero_copy_find(struct rendezvous *rdv, int r,
                                            size_t bytes, const void **out);

/* Whether rank r offered its data. */
bool zero_copy_offered(const struct rendezvous *rdv, int r);

/* Make others' data readable for this rank. */
COHORT_CHECKED cohort_status zero_copy_open(struct rendezvous *rdv,
                                            const void *data, size_t bytes);

/* The root of a gather has read rank r's data; and the rank waits for that, as
 * it would for a stream of one slice. */
void zero_copy_done(struct rendezvous *rdv, int r);
COHORT_CHECKED cohort_status zero_copy_await(struct rendezvous *rdv);

/* A copy of what may be very long, in pieces: nobody may have to wait for its
 * end to learn that the world has broken. */
COHORT_CHECKED cohort_status zero_copy_read(const struct rendezvous *rdv,
                                            copy_function *copy, void *to,
                                            const void *from, size_t bytes);

#endif
