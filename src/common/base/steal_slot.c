/*
 * A slot is one word, its first number and their count, so owner and thieves
 * decide with a compare-and-swap who gets a number. The word says all about
 * the slot: if a value comes back that was there before (ABA), because the
 * numbers were taken and claimed anew, a thief may take a number all the same.
 */
#include "steal_slot.h"

enum { COUNT_BITS = 5 };

_Static_assert(STEAL_SLOT_MOST == (1 << COUNT_BITS) - 1,
               "the count fits its bits");

static uint64_t slot_word(uint64_t first, uint64_t count)
{
	return first << COUNT_BITS | count;
}

void steal_slot_fill(struct rank_counters *own, uint64_t first, uint64_t count)
{
	atomic_store_explicit(&own->steal_slot, slot_word(first, count),
	                      memory_order_release);
}

bool steal_slot_take(struct rank_counters *own, uint64_t *out)
{
	uint64_t held =
	    atomic_load_explicit(&own->steal_slot, memory_order_relaxed);

	while (held & STEAL_SLOT_MOST) {
		const uint64_t first = held >> COUNT_BITS;
		const uint64_t count = held & STEAL_SLOT_MOST;
		if (atomic_compare_exchange_weak(
		        &own->steal_slot, &held,
		        slot_word(first + 1, count - 1))) {
			*out = first;
			return true;
		}
	}
	return false;
}

static bool steal_from(struct rank_counters *rank_counters, uint64_t *out)
{
	uint64_t held = atomic_load_explicit(&rank_counters->steal_slot,
	                                     memory_order_relaxed);

	while (held & STEAL_SLOT_MOST) {
		if (atomic_compare_exchange_weak(&rank_counters->steal_slot,
		                                 &held, held - 1)) {
			*out =
			    (held >> COUNT_BITS) + (held & STEAL_SLOT_MOST) - 1;
			return true;
		}
	}
	return false;
}

bool steal_slot_steal(struct worker_stats *stats, int ranks, int stats_index,
                      uint64_t *out)
{
	const uint64_t sweep = atomic_load(&stats->ranks[stats_index].sweep);

	for (int i = 1; i < ranks; i++) {
		struct rank_counters *rank_counters =
		    &stats->ranks[(stats_index + i) % ranks];
		/* A rank that has not begun this sweep may still have the
		 * slot of another one. */
		if (atomic_load(&rank_counters->sweep) == sweep &&
		    steal_from(rank_counters, out))
			return true;
	}
	return false;
}

uint64_t steal_slot_count(const struct rank_counters *rank_counters)
{
	return atomic_load(&rank_counters->steal_slot) & STEAL_SLOT_MOST;
}

struct ticket_range steal_slot_empty(struct rank_counters *rank_counters)
{
	const uint64_t held = atomic_exchange(&rank_counters->steal_slot, 0);

	return (struct ticket_range){held >> COUNT_BITS,
	                             held & STEAL_SLOT_MOST};
}
