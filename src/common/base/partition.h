/* How a number of items is split among ranks, and cut into chunks that ranks
 * claim by ticket: pure arithmetic. */
#ifndef COHORT_COMMON_BASE_PARTITION_H
#define COHORT_COMMON_BASE_PARTITION_H

#include <stddef.h>
#include <stdint.h>

struct range {
	size_t begin;
	size_t count;
};

/* Part `part` of `items` split into `parts` as numpy.array_split does: the
 * first items % parts parts get one more. */
struct range partition_block(size_t items, size_t parts, size_t part);

/* Ticket t of chunks of one size; a count of 0 past the last. */
struct range partition_chunk(size_t items, size_t chunk, uint64_t ticket);

/* How many tickets there are of chunks of one size. */
uint64_t partition_chunk_tickets(size_t items, size_t chunk);

/*
 * Ticket t of chunks that shrink: half of what is left is shared out in
 * `workers` equal chunks, then half of the rest, down to chunks of `least`.
 * A count of 0 past the last. (Factoring: Hummel, Schonberg, Flynn, CACM 35(8),
 * 1992.) Cost: a step for each batch before the ticket's, log2(items) at most.
 */
struct range partition_guided(size_t items, size_t workers, size_t least,
                              uint64_t ticket);

/* How many tickets there are of those. */
uint64_t partition_guided_tickets(size_t items, size_t workers, size_t least);

#endif
