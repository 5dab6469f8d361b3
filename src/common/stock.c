/*
 * A stock is one word, so that its owner and thieves settle with a compare and
 * swap who gets what. In one sweep no two values of a word are the same: its
 * first number only grows until the next claim, which has a higher one.
 */
#include "stock.h"

enum { COUNT_BITS = 5 };

_Static_assert(STOCK_MOST == (1 << COUNT_BITS) - 1, "the count has its bits");

static uint64_t pack(uint64_t first, uint64_t count)
{
	return first << COUNT_BITS | count;
}

void stock_fill(struct tally *own, uint64_t first, uint64_t count)
{
	atomic_store_explicit(&own->stock, pack(first, count),
	                      memory_order_release);
}

bool stock_take(struct tally *own, uint64_t *out)
{
	uint64_t held = atomic_load_explicit(&own->stock, memory_order_relaxed);

	while (held & STOCK_MOST) {
		const uint64_t first = held >> COUNT_BITS;
		const uint64_t count = held & STOCK_MOST;
		if (atomic_compare_exchange_weak(&own->stock, &held,
		                                 pack(first + 1, count - 1))) {
			*out = first;
			return true;
		}
	}
	return false;
}

static bool steal_from(struct tally *tally, uint64_t *out)
{
	uint64_t held =
	    atomic_load_explicit(&tally->stock, memory_order_relaxed);

	while (held & STOCK_MOST) {
		if (atomic_compare_exchange_weak(&tally->stock, &held,
		                                 held - 1)) {
			*out = (held >> COUNT_BITS) + (held & STOCK_MOST) - 1;
			return true;
		}
	}
	return false;
}

bool stock_steal(struct board *board, int ranks, int seat, uint64_t *out)
{
	const uint64_t sweep = atomic_load(&board->tallies[seat].sweep);

	for (int i = 1; i < ranks; i++) {
		struct tally *tally = &board->tallies[(seat + i) % ranks];
		/* Before it has begun, it may have a stock of another one. */
		if (atomic_load(&tally->sweep) == sweep &&
		    steal_from(tally, out))
			return true;
	}
	return false;
}
