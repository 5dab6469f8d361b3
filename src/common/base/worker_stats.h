/*
 * Counters in memory that the ranks of one machine share. A rank, or the child
 * that runs its tasks, updates its own while it runs tasks; the others read
 * them at any time, without a collective call. A rank's counters have one
 * writer at a time, except that idle ranks take tasks out of another rank's
 * steal slot.
 *
 * A task that writes to a wrong address may change them. So nobody takes a
 * number from here as an address, an index or a length without a check, and
 * nothing here makes a sweep fail. Numbers that are shown to people are checked
 * words; one that is damaged counts as 0 until its rank writes the next one.
 */
#ifndef COHORT_COMMON_BASE_WORKER_STATS_H
#define COHORT_COMMON_BASE_WORKER_STATS_H

#include "cache_line.h"
#include "checked_word.h"
#include "durations.h"
#include "sync_words.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* The progress of one rank, and the tasks that it has not finished. It has
 * cache lines of its own, because the others read it while the rank writes
 * it. */
struct rank_counters {
	/* Checked words: tasks done, failed ones included; of these, those
	 * that have failed; and index + 1 of the task that the rank or its
	 * child runs (0: none). */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t done;
	_Atomic uint64_t failed;
	_Atomic uint64_t running;
	_Atomic int attempt;    /* at task `running`, from 0 */
	_Atomic uint64_t sweep; /* number of the sweep; see sweep/progress.c */
	/* Tickets claimed and not begun; see steal_slot.h. */
	_Atomic uint64_t steal_slot;
	_Atomic uint64_t stored; /* bytes of its finished results */
	_Atomic uint64_t shown;  /* of these, those that on_result may get */
	/* What the last task asked for; see sweep/asked.h. */
	_Atomic uint64_t asked;
	_Atomic int sleeps; /* the rank sleeps until its child shows one */
};

struct worker_stats {
	/* The next tickets in passes without ranks that have died: rank 0's
	 * decisions with even numbers use the first counter, those with odd
	 * ones the second; see sweep/survivors.h. */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t tickets[2];
	/* Of a job with a deadline: the durations of its tasks, and the number
	 * of the sweep in which no rank of this machine begins another task. */
	struct durations durations;
	_Atomic uint64_t late_sweep;
	/* Of the journal's record file to which these ranks write. */
	_Alignas(CACHE_PAIR_BYTES) struct sync_words journal;
	/* Whether rank 0, or its child, has logged that a rank has died. */
	_Atomic int told;
	/* Whether rank 0 sleeps until a result is shown: whoever sets it back
	 * to 0 wakes it. See sweep/delivery_state.h. */
	_Atomic int root_sleeps;
	struct rank_counters ranks[];
};

static inline uint64_t counter_read(const _Atomic uint64_t *counter)
{
	uint64_t number;

	checked_word_read(atomic_load(counter), &number);
	return number;
}

/* Whoever sees it sees what was written before. */
static inline void counter_write(_Atomic uint64_t *counter, uint64_t number)
{
	atomic_store_explicit(counter, checked_word(number),
	                      memory_order_release);
}

static inline size_t worker_stats_bytes(int ranks)
{
	return sizeof(struct worker_stats) +
	       (size_t)ranks * sizeof(struct rank_counters);
}

#endif
