/*
 * A slot is one word, so that a range changes at once. Its value says all about
 * it: a process that reads the same value twice may take a ticket from it, even
 * if the range was given away and came back in between.
 */
#include "node_pool.h"

#include <assert.h>
#include <string.h>

enum { POOL_COUNT_BITS = 24 };

static uint64_t pool_word(uint64_t first, uint64_t count)
{
	return first << POOL_COUNT_BITS | count;
}

void node_pool_clear(struct node_pool *pool)
{
	memset(pool, 0, sizeof(*pool));
}

/* Up to `most` tickets from the begin of a slot's range. */
static struct ticket_range take_first(atomic_uint_least64_t *slot,
                                      uint64_t total, uint64_t most)
{
	uint64_t word = atomic_load(slot);

	while (word & POOL_RANGE_MOST) {
		const uint64_t first = word >> POOL_COUNT_BITS;
		const uint64_t count = word & POOL_RANGE_MOST;
		const bool exists = first < total && count <= total - first;
		const uint64_t taken = count < most ? count : most;
		const uint64_t rest =
		    exists ? pool_word(first + taken, count - taken) : 0;
		if (atomic_compare_exchange_weak(slot, &word, rest))
			return (struct ticket_range){first, exists ? taken : 0};
	}
	return (struct ticket_range){0, 0};
}

struct ticket_range node_pool_take(struct node_pool *pool, uint64_t total,
                                   uint64_t most)
{
	struct ticket_range taken = {0, 0};

	for (int i = 0; i < POOL_SLOTS && taken.count == 0; i++)
		taken = take_first(&pool->slots[i], total, most);
	return taken;
}

void node_pool_put(struct node_pool *pool, struct ticket_range range)
{
	if (range.count == 0)
		return;
	for (int i = 0; i < POOL_SLOTS; i++)
		if (!(atomic_load(&pool->slots[i]) & POOL_RANGE_MOST)) {
			atomic_store(&pool->slots[i],
			             pool_word(range.first, range.count));
			return;
		}
	assert(!"a free slot");
}

/* Up to `most` tickets from the end of a slot's range. */
static struct ticket_range take_last(atomic_uint_least64_t *slot, uint64_t most)
{
	uint64_t word = atomic_load(slot);

	while (word & POOL_RANGE_MOST) {
		const uint64_t first = word >> POOL_COUNT_BITS;
		const uint64_t count = word & POOL_RANGE_MOST;
		const uint64_t taken = count < most ? count : most;
		if (atomic_compare_exchange_weak(
		        slot, &word, pool_word(first, count - taken)))
			return (struct ticket_range){first + count - taken,
			                             taken};
	}
	return (struct ticket_range){0, 0};
}

void node_pool_take_back(struct node_pool *pool, uint64_t most,
                         struct ticket_range out[MESSAGE_RANGES])
{
	int n = 0;

	memset(out, 0, MESSAGE_RANGES * sizeof(*out));
	for (int i = POOL_SLOTS - 1; i >= 0 && n < MESSAGE_RANGES; i--) {
		if (most == 0)
			return;
		out[n] = take_last(&pool->slots[i], most);
		most -= out[n].count;
		n += out[n].count > 0;
	}
}

uint64_t node_pool_count(const struct node_pool *pool)
{
	uint64_t count = 0;

	for (int i = 0; i < POOL_SLOTS; i++)
		count += atomic_load(&pool->slots[i]) & POOL_RANGE_MOST;
	return count;
}

int node_pool_free_slots(const struct node_pool *pool)
{
	int count = 0;

	for (int i = 0; i < POOL_SLOTS; i++)
		count += !(atomic_load(&pool->slots[i]) & POOL_RANGE_MOST);
	return count;
}
