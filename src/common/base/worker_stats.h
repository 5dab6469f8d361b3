/*
 * Counters in memory that the ranks of one machine share. A rank updates its own
 * while it runs tasks; the others read them at any time, without a collective
 * call. Each word has one writer at a time, except two: every process may store
 * the signal, and idle ranks take tasks out of another rank's steal slot.
 */
#ifndef COHORT_COMMON_BASE_WORKER_STATS_H
#define COHORT_COMMON_BASE_WORKER_STATS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* The progress of one rank, and the tasks that it has not finished. Two cache
 * lines of its own, because the others read it while it is written. */
struct rank_counters {
	_Alignas(128) _Atomic uint64_t done; /* tasks, failed ones included */
	_Atomic uint64_t failed;             /* tasks */
	/* Index + 1 of the task that the rank or its child runs; 0: none. */
	_Atomic uint64_t running;
	_Atomic uint64_t sweep; /* number of the sweep; see sweep/progress.c */
	/* Tickets claimed and not begun; see steal_slot.h. */
	_Atomic uint64_t steal_slot;
	/* The process group that runs its tasks, as process_word.h has it; 0:
	 * none. */
	_Atomic uint64_t child;
	/* For the ranks that go on with a sweep when this one has died; see
	 * sweep/survivors.h. */
	_Atomic int attempt;    /* at task `running`, from 0 */
	_Atomic uint64_t store; /* address of its results; 0: others cannot
	                            read them */
	_Atomic uint64_t store_sweep; /* number of the sweep that they are of */
	_Atomic uint64_t stored;      /* bytes of its finished results */
	_Atomic uint64_t
	    agreed; /* bytes of them that count; rank 0 writes it */
	_Atomic uint64_t step;
	_Atomic int status;
	_Atomic unsigned char built;
	_Atomic unsigned char buried; /* rank 0 has dealt with its death */
};

struct worker_stats {
	/* The signal that stops all sweeps; 0: none has arrived. */
	_Alignas(128) _Atomic int signal;
	/* Whether rank 0 has logged that a rank has died. */
	_Atomic int told;
	/* Rank 0's last decision about a sweep; see sweep/survivors.h. */
	_Alignas(128) _Atomic uint64_t decided;
	_Atomic uint64_t not_run;    /* tasks without a result, at its end */
	_Atomic uint64_t tickets[2]; /* claimed, in decisions of each parity */
	struct rank_counters ranks[];
};

static inline size_t worker_stats_bytes(int ranks)
{
	return sizeof(struct worker_stats) +
	       (size_t)ranks * sizeof(struct rank_counters);
}

#endif
