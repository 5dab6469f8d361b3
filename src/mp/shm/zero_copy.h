/*
 * Data that other ranks read from the program's own buffer: memory from
 * cohort_alloc, which lies in the arena's heaps, or private memory
 * (single_copy.h). A rank offers its buffer in its arrival; after the
 * rendezvous every rank finds all offers.
 */
#ifndef COHORT_MP_SHM_ZERO_COPY_H
#define COHORT_MP_SHM_ZERO_COPY_H

#include "copy.h"
#include "rendezvous_state.h"
#include "single_copy_choice.h"

/* Before a rendezvous: this rank's arrival will carry the address of the data,
 * or NULL if it is not in a heap. */
void zero_copy_offer(struct rendezvous *rdv, const void *data, size_t bytes);

/* Whether rank r offered its data. */
bool zero_copy_offered(const struct rendezvous *rdv, int r);

/* How rank r's data will travel, by its offer: SINGLE_COPY_YES if others read
 * them from its private memory, SINGLE_COPY_NO if in a stream, and
 * SINGLE_COPY_WAYS if they are read in its heap. */
enum single_copy_way zero_copy_way(const struct rendezvous *rdv, int r);

/* Copy `bytes` bytes that rank r has offered. *read is false if this rank
 * cannot read them: they are private, and single_copy.h says why.
 * COHORT_ECORRUPT if the address is not one that rank r can offer: something
 * has written to its arrival. */
COHORT_CHECKED cohort_status zero_copy_take(struct rendezvous *rdv, int r,
                                            copy_function *copy, void *to,
                                            size_t bytes, bool *read);

/* The last rendezvous of a call in which ranks read from each other: it keeps
 * the owners in the call. A rank says whether it has read all that it needs,
 * and *all tells whether every rank has. */
COHORT_CHECKED cohort_status zero_copy_end(struct rendezvous *rdv, bool read,
                                           bool *all);

/* Let this process read data that rank r has offered, in its heap.
 * COHORT_ECORRUPT as above. */
COHORT_CHECKED cohort_status zero_copy_open(struct rendezvous *rdv, int r,
                                            const void *data, size_t bytes);

/* Copy any number of bytes, and check every millisecond or two whether the
 * world is whole. */
COHORT_CHECKED cohort_status zero_copy_read(const struct rendezvous *rdv,
                                            copy_function *copy, void *to,
                                            const void *from, size_t bytes);

#endif
