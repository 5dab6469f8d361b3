/*
 * Words in memory that the ranks of one machine share, and that only ranks
 * write. A child that runs tasks loses the right to write there (become_task in
 * core/backend.h), so a task that writes to a wrong address can change none of
 * them. Words that a child writes too are in worker_stats.h.
 */
#ifndef COHORT_COMMON_BASE_RANK_STATES_H
#define COHORT_COMMON_BASE_RANK_STATES_H

#include "cache_line.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* Of one rank. The rank writes it, except where a field says otherwise. */
struct rank_state {
	/* The process group that runs its tasks, as a process_word; 0: none. */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t child;
	/* The fields below are for the ranks that go on with a sweep when this
	 * one has died; see sweep/survivors.h.
	 *
	 * Address of its results; 0: others cannot read them. */
	_Atomic uint64_t store;
	_Atomic uint64_t store_sweep; /* number of the sweep of these results */
	/* Bytes of these results that count. Rank 0 writes it. */
	_Atomic uint64_t agreed;
	_Atomic uint64_t step;
	_Atomic int status;
	_Atomic unsigned char built;
	/* Rank 0 knows of its death, and has decided about its task. */
	_Atomic unsigned char acknowledged;
	/* The fields below are for results as they come; see sweep/delivery.h.
	 *
	 * The keys of the seals of its children's records: the first key, the
	 * number of children so far, and where the records of the last one
	 * begin. */
	_Atomic uint64_t key;
	_Atomic uint64_t children;
	_Atomic uint64_t child_from;
	/* The round of a sweep that the rank has ended last. */
	_Atomic uint64_t ended;
};

struct rank_states {
	/* What stops sweeps; see stop_word.h. */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t stop;
	/* Rank 0's last decision about a sweep; see sweep/survivors.h. */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t decided;
	_Atomic uint64_t not_run; /* tasks without a result, at its end */
	struct rank_state ranks[];
};

static inline size_t rank_states_bytes(int ranks)
{
	return sizeof(struct rank_states) +
	       (size_t)ranks * sizeof(struct rank_state);
}

#endif
