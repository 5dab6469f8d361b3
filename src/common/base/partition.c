#include "partition.h"

struct range partition_block(size_t items, size_t parts, size_t part)
{
	const size_t each = items / parts;
	const size_t more = items % parts;
	const size_t before = part < more ? part : more;

	return (struct range){part * each + before, each + (part < more)};
}

/* The range of `count` items from `begin`, or fewer where the items end. */
static struct range range_within(size_t items, size_t begin, size_t count)
{
	const size_t left = items - begin;

	return (struct range){begin, count < left ? count : left};
}

struct range partition_chunk(size_t items, size_t chunk, uint64_t ticket)
{
	if (ticket >= partition_chunk_tickets(items, chunk))
		return (struct range){items, 0};
	return range_within(items, (size_t)ticket * chunk, chunk);
}

uint64_t partition_chunk_tickets(size_t items, size_t chunk)
{
	return items / chunk + (items % chunk != 0);
}

/* `workers` chunks of `chunk` items each, from item `begin` on. */
struct chunk_batch {
	size_t begin;
	size_t chunk;
};

static size_t batch_chunk(size_t left, size_t workers, size_t least)
{
	size_t chunk = left / 2 / workers;

	return chunk > least ? chunk : least;
}

/* Replace `batch` by the one that follows it. Returns the number of tickets in
 * the former. */
static uint64_t batch_next(size_t items, size_t workers, size_t least,
                           struct chunk_batch *batch)
{
	const size_t left = items - batch->begin;
	const uint64_t needed = partition_chunk_tickets(left, batch->chunk);

	if (batch->chunk == least || needed <= workers) {
		batch->begin = items;
		return needed; /* the last batch has all remaining items */
	}
	batch->begin += workers * batch->chunk;
	batch->chunk = batch_chunk(items - batch->begin, workers, least);
	return workers;
}

struct range partition_guided(size_t items, size_t workers, size_t least,
                              uint64_t ticket)
{
	struct chunk_batch batch = {0, batch_chunk(items, workers, least)};

	while (batch.begin < items) {
		const struct chunk_batch here = batch;
		uint64_t tickets = batch_next(items, workers, least, &batch);
		if (ticket < tickets)
			return range_within(
			    items, here.begin + (size_t)ticket * here.chunk,
			    here.chunk);
		ticket -= tickets;
	}
	return (struct range){items, 0};
}

uint64_t partition_guided_tickets(size_t items, size_t workers, size_t least)
{
	struct chunk_batch batch = {0, batch_chunk(items, workers, least)};
	uint64_t tickets = 0;

	while (batch.begin < items)
		tickets += batch_next(items, workers, least, &batch);
	return tickets;
}
