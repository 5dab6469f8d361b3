/*
 * What ranks of one machine tell each other while they work, without a call:
 * memory that they share, in which each word has one writer at a time, but for
 * the signal, which anybody may set, and the stocks.
 */
#ifndef COHORT_COMMON_BASE_WORKER_STATS_H
#define COHORT_COMMON_BASE_WORKER_STATS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* How far a rank is with its tasks of the sweep, and what it has in hand. */
struct rank_counters {
	_Alignas(128) _Atomic uint64_t done; /* failed ones included */
	_Atomic uint64_t failed;
	/* Index + 1 of the task that runs in the rank itself; 0: none. */
	_Atomic uint64_t running;
	_Atomic uint64_t sweep;      /* that it is about; see progress.c */
	_Atomic uint64_t steal_slot; /* claimed and not begun; see stock.h */
	_Atomic int child; /* process group that runs its tasks; 0: none */
};

struct worker_stats {
	_Alignas(128) _Atomic int signal; /* that stops all sweeps; 0: none */
	struct rank_counters ranks[];
};

static inline size_t worker_stats_bytes(int ranks)
{
	return sizeof(struct worker_stats) +
	       (size_t)ranks * sizeof(struct rank_counters);
}

#endif
