/*
 * Data that a rank reads from the private memory of another one, by a system
 * call (process_vm_readv): one copy, where a stream through a ring makes two.
 * No rank ever writes into the memory of another.
 *
 * The rank that has the data offers its address in its arrival (zero_copy.h),
 * so it decides for all ranks of the call. It does so if the rank that measures
 * wishes it (single_copy_choice.h): the root of a gather, rank 0 in an
 * allgather, the first receiver of a broadcast. The owner stays in the call
 * until all have read.
 *
 * Whatever goes wrong with reading, the data goes through a stream instead, in
 * the same call, and this owner offers its memory no more: a filter of system
 * calls or Yama may refuse it, or its memory may be of a kind that cannot be
 * read so. If the memory is not mapped, the owner notices in the stream, by the
 * fault that it would have had without all this. A rank that has a filter of
 * system calls reads nothing, because the filter may kill it for trying.
 *
 * What was read from a rank that gives up or dies meanwhile is not used. A rank
 * that gives up breaks the world before it leaves the call, and readers check
 * that after they have read. The kernel marks a rank that dies (mp/liveness.h)
 * before its memory goes and its process number may be another's, and readers
 * look for the mark after they have read.
 */
#ifndef COHORT_MP_SHM_SINGLE_COPY_H
#define COHORT_MP_SHM_SINGLE_COPY_H

#include "rendezvous_state.h"
#include "single_copy_choice.h"

/* Before a rendezvous, after zero_copy_offer: unless that offered the data,
 * offer it to be read if `reader` wishes it for calls of `bytes` bytes. Cost: a
 * load of a cache line of the reader's. */
void single_copy_offer(struct rendezvous *rdv, enum single_copy_use use,
                       int reader, const void *data, size_t bytes);

/* Read data that rank r has offered. *read is false if it cannot be read; what
 * `to` then holds is unspecified. */
COHORT_CHECKED cohort_status single_copy_read(struct rendezvous *rdv, int r,
                                              void *to, const void *from,
                                              size_t bytes, bool *read);

/* The part of a call in which the rank that measures receives its data. */
struct single_copy_timer {
	enum single_copy_use use;
	enum single_copy_way way;
	size_t bytes;
	double start; /* 0: this part is not timed */
};

/* Not timed are short data, and those whose way is SINGLE_COPY_WAYS. */
struct single_copy_timer single_copy_begin(const struct rendezvous *rdv,
                                           enum single_copy_use use,
                                           enum single_copy_way way,
                                           size_t bytes);
/* Also tells the other ranks what this one wishes in the next call. */
void single_copy_end(struct rendezvous *rdv,
                     const struct single_copy_timer *timer);

#endif
