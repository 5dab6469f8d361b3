/*
 * Data that other ranks read from the program's own buffer: memory from
 * cohort_alloc, which lies in the arena's heaps. A rank offers its buffer in
 * its arrival; after the rendezvous every rank finds all offers.
 */
#ifndef COHORT_MP_SHM_ZERO_COPY_H
#define COHORT_MP_SHM_ZERO_COPY_H

#include "copy.h"
#include "rendezvous_state.h"

/* Before a rendezvous: this rank's arrival will carry the address of the data,
 * or NULL if other ranks cannot read them there. */
void zero_copy_offer(struct rendezvous *rdv, const void *data, size_t bytes);

/* Whether rank r offered its data. */
bool zero_copy_offered(const struct rendezvous *rdv, int r);

/* *out receives the address of rank r's data, `bytes` bytes that this rank can
 * read now; NULL if rank r offered nothing. COHORT_ECORRUPT if the address is
 * not one that rank r can offer: something has written to its arrival. */
COHORT_CHECKED cohort_status zero_copy_find(struct rendezvous *rdv, int r,
                                            size_t bytes, const void **out);

/* Let this process read data that rank r has offered. As zero_copy_find. */
COHORT_CHECKED cohort_status zero_copy_open(struct rendezvous *rdv, int r,
                                            const void *data, size_t bytes);

/* Copy any number of bytes, and check every millisecond or two whether the
 * world is whole. */
COHORT_CHECKED cohort_status zero_copy_read(const struct rendezvous *rdv,
                                            copy_function *copy, void *to,
                                            const void *from, size_t bytes);

#endif
