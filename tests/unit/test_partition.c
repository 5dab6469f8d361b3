/*
 * Splitting of items. Blocks are those of numpy.array_split, whose reference
 * says that an array of length l, split into n sections, gives l % n sub-arrays
 * of size l//n + 1 and the others of size l//n. Tickets must cover every item
 * exactly once, for any numbers.
 */
#include "common/base/partition.h"

#include <criterion/criterion.h>

#include <stdbool.h>

/* len() of each part, printed by numpy.array_split. */
static const struct {
	size_t items;
	size_t parts;
	size_t lengths[8];
} numpy[] = {
    {9, 4, {3, 2, 2, 2}},
    {8, 3, {3, 3, 2}},
    {7, 3, {3, 2, 2}},
    {3, 5, {1, 1, 1, 0, 0}},
    {0, 3, {0, 0, 0}},
    {6, 1, {6}},
    {6, 6, {1, 1, 1, 1, 1, 1}},
    {15, 8, {2, 2, 2, 2, 2, 2, 2, 1}},
    {1001, 4, {251, 250, 250, 250}},
};

Test(partition, blocks_are_those_of_array_split)
{
	for (size_t i = 0; i < sizeof(numpy) / sizeof(*numpy); i++) {
		size_t begin = 0;
		for (size_t p = 0; p < numpy[i].parts; p++) {
			struct range r =
			    partition_block(numpy[i].items, numpy[i].parts, p);
			cr_expect(r.count == numpy[i].lengths[p] &&
			              r.begin == begin,
			          "%zu in %zu: part %zu is %zu from %zu",
			          numpy[i].items, numpy[i].parts, p, r.count,
			          r.begin);
			begin += r.count;
		}
	}
}

Test(partition, blocks_of_any_numbers)
{
	for (size_t items = 0; items < 300; items++)
		for (size_t parts = 1; parts < 70; parts++) {
			size_t begin = 0;
			for (size_t p = 0; p < parts; p++) {
				struct range r =
				    partition_block(items, parts, p);
				size_t length = items / parts;
				length += p < items % parts ? 1 : 0;
				cr_assert(r.begin == begin && r.count == length,
				          "%zu in %zu, part %zu", items, parts,
				          p);
				begin += length;
			}
			cr_assert(begin == items);
		}
}

Test(partition, blocks_of_more_items_than_can_be_counted_twice)
{
	const size_t parts = 7;
	size_t begin = 0;

	for (size_t p = 0; p < parts; p++) {
		struct range r = partition_block(SIZE_MAX, parts, p);
		cr_expect(r.begin == begin && r.count >= SIZE_MAX / parts);
		begin += r.count;
	}
	cr_expect(begin == SIZE_MAX);
}

Test(partition, chunks_cover_every_item_once)
{
	for (size_t items = 0; items < 200; items++)
		for (size_t chunk = 1; chunk < 50; chunk++) {
			uint64_t tickets =
			    partition_chunk_tickets(items, chunk);
			size_t begin = 0;
			for (uint64_t t = 0; t < tickets; t++) {
				struct range r =
				    partition_chunk(items, chunk, t);
				bool last = t + 1 == tickets;
				cr_assert(r.begin == begin && r.count > 0 &&
				          (last ? r.count <= chunk
				                : r.count == chunk));
				begin += r.count;
			}
			cr_assert(begin == items, "%zu by %zu", items, chunk);
			for (uint64_t t = tickets; t < tickets + 3; t++)
				cr_assert(
				    partition_chunk(items, chunk, t).count ==
				    0);
		}
}

Test(partition, chunks_at_the_end_of_numbers)
{
	const size_t chunk = SIZE_MAX - 1;

	cr_expect(partition_chunk_tickets(SIZE_MAX, chunk) == 2);
	cr_expect(partition_chunk(SIZE_MAX, chunk, 0).count == chunk);
	cr_expect(partition_chunk(SIZE_MAX, chunk, 1).count == 1);
	cr_expect(partition_chunk(SIZE_MAX, chunk, 2).count == 0);
	cr_expect(partition_chunk(SIZE_MAX, 3, UINT64_MAX).count == 0);
	cr_expect(partition_chunk_tickets(SIZE_MAX, 1) == SIZE_MAX);
}

/* One combination of numbers: every item is covered once, in order. Chunks never
 * grow, and only the last one may be smaller than `least`. */
static void guided(size_t items, size_t workers, size_t least)
{
	uint64_t tickets = partition_guided_tickets(items, workers, least);
	size_t begin = 0;
	size_t previous = SIZE_MAX;

	for (uint64_t t = 0; t < tickets; t++) {
		struct range r = partition_guided(items, workers, least, t);
		cr_assert(r.begin == begin && r.count > 0,
		          "%zu items, %zu workers, least %zu, ticket %llu: %zu "
		          "from %zu, not from %zu",
		          items, workers, least, (unsigned long long)t, r.count,
		          r.begin, begin);
		cr_assert(r.count <= previous, "ticket %llu grew",
		          (unsigned long long)t);
		cr_assert(r.count >= least || t + 1 == tickets,
		          "ticket %llu is too small", (unsigned long long)t);
		previous = r.count;
		begin += r.count;
	}
	cr_assert(begin == items, "%zu items, %zu workers, least %zu: %zu",
	          items, workers, least, begin);
	for (uint64_t t = tickets; t < tickets + 3; t++)
		cr_assert(partition_guided(items, workers, least, t).count ==
		          0);
}

Test(partition, guided_covers_every_item_once)
{
	static const size_t leasts[] = {1, 2, 3, 7, 16, 100, 1000};

	for (size_t items = 0; items < 400; items++)
		for (size_t workers = 1; workers < 20; workers++)
			for (size_t i = 0; i < 7; i++)
				guided(items, workers, leasts[i]);
	guided(1000003, 3, 1);
	guided(1000003, 4096, 1);
	guided(99991, 64, 10);
	guided(5, 4096, 1);
}

/* Factoring, computed by hand: half of the remaining items in `workers` chunks:
 * 100 left, 12 each; 52 left, 6 each; 28, 3; 16, 2; 8, 1; and 4, 1. */
Test(partition, guided_shares_half_of_what_is_left)
{
	static const size_t counts[] = {12, 12, 12, 12, 6, 6, 6, 6, 3, 3, 3, 3,
	                                2,  2,  2,  2,  1, 1, 1, 1, 1, 1, 1, 1};

	for (uint64_t t = 0; t < sizeof(counts) / sizeof(*counts); t++)
		cr_expect(partition_guided(100, 4, 1, t).count == counts[t],
		          "ticket %llu: %zu", (unsigned long long)t,
		          partition_guided(100, 4, 1, t).count);
	cr_expect(partition_guided_tickets(100, 4, 1) == 24);
}

/* The purpose of factoring: far fewer tickets than items. */
Test(partition, guided_needs_few_tickets)
{
	uint64_t tickets = partition_guided_tickets(1000000, 8, 1);

	cr_expect(tickets < 8 * 21, "%llu", (unsigned long long)tickets);
	cr_expect(partition_guided_tickets(SIZE_MAX, 4096, 1) < 4096 * 66);
	cr_expect(partition_guided(SIZE_MAX, 4096, 1, UINT64_MAX).count == 0);
}
