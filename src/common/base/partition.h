/* The arithmetic of splitting items: in blocks, one for each rank, or in chunks
 * that ranks claim one after another with numbered tickets. */
#ifndef COHORT_COMMON_BASE_PARTITION_H
#define COHORT_COMMON_BASE_PARTITION_H

#include <stddef.h>
#include <stdint.h>

struct range {
	size_t begin;
	size_t count;
};

/* Part number `part` of `items` items that are split into `parts` parts. As
 * with numpy.array_split, the first items % parts parts have one item more. */
struct range partition_block(size_t items, size_t parts, size_t part);

/* The items of a ticket, in chunks of one size. Count is 0 for tickets after
 * the last. */
struct range partition_chunk(size_t items, size_t chunk, uint64_t ticket);

/* The number of tickets in chunks of one size. */
uint64_t partition_chunk_tickets(size_t items, size_t chunk);

/*
 * The items of a ticket, in chunks that shrink: half of the items form a batch
 * of `workers` equal chunks, half of the remaining items form the next batch,
 * and so on down to chunks of `least` items. Count is 0 for tickets after the
 * last. (This is factoring: Hummel, Schonberg, Flynn, CACM 35(8), 1992.) Cost:
 * one step for each earlier batch, at most log2(items).
 */
struct range partition_guided(size_t items, size_t workers, size_t least,
                              uint64_t ticket);

/* The number of tickets in such chunks. */
uint64_t partition_guided_tickets(size_t items, size_t workers, size_t least);

#endif
