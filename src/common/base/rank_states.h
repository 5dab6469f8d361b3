/*
 * Words in memory that the ranks of one machine share, and that only ranks
 * write. A child that runs tasks loses the right to write there (become_task in
 * core/backend.h), so a task that writes to a wrong address can change none of
 * them. Words that a child writes too are in worker_stats.h.
 */
#ifndef COHORT_COMMON_BASE_RANK_STATES_H
#define COHORT_COMMON_BASE_RANK_STATES_H

#include "cache_line.h"
#include "node_memory.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* Whether rank 0 reads the records of a rank in its file. */
enum rank_file_state {
	RANK_FILE_OFFERED, /* rank 0 has not opened it yet */
	RANK_FILE_READ,
	RANK_FILE_NONE /* or rank 0 cannot open it: the rank sends them */
};

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
	/* The place behind the last of them when it rested last: when it had
	 * run its share, and no child of it lived. A task cannot overwrite
	 * this, as it can the rank's counters. */
	_Atomic uint64_t rested_at;
	_Atomic unsigned char damaged; /* a task has destroyed results there */
	/* Bytes of these results that count. Rank 0 writes it. */
	_Atomic uint64_t agreed;
	_Atomic uint64_t step;
	_Atomic int status;
	_Atomic unsigned char built;
	/* Rank 0 knows of its death, and has decided about its task. */
	_Atomic unsigned char acknowledged;
	/* The fields below are for results as they come, see
	 * sweep/delivery_state.h, and the keys also for those who go on.
	 *
	 * The keys of the seals of its children's records: the first key, the
	 * number of children so far, and where the records of the last one
	 * begin. */
	_Atomic uint64_t key;
	_Atomic uint64_t children;
	_Atomic uint64_t child_from;
	/* The first place to which the end of its records may have moved back,
	 * of those that their reader has not seen yet; UINT64_MAX: none. The
	 * reader sets it to that. */
	_Atomic uint64_t reread_from;
	/* The round of a sweep that the rank has ended last. */
	_Atomic uint64_t ended;
	/* If results are released as they are read: bytes of each half of its
	 * store (else 0), the halves that were used up, where the records in
	 * each half end, and the place behind the last record that rank 0 has
	 * taken, or the last byte that it has read in a file, which rank 0
	 * writes. */
	_Atomic uint64_t half;
	_Atomic uint64_t turns;
	_Atomic uint64_t ends[2];
	_Atomic uint64_t taken;
	/* Index + 1 of the task that it may not begin yet; 0: it is not held
	 * up. */
	_Atomic uint64_t blocked;
	/* On mpi: the index below which it may begin tasks, as rank 0 has said
	 * last. */
	_Atomic uint64_t limit;
	/* On mpi, see sweep/delivery_file.h: the file with its results, which
	 * it writes before the ranks exchange their statuses, and an enum
	 * rank_file_state, which rank 0 writes after that. */
	struct node_memory_address file;
	_Atomic int file_state;
	/* On mpi: messages that the rank has sent to rank 0 in this sweep, or
	 * is about to send. */
	_Atomic uint64_t mailed;
};

struct rank_states {
	/* What stops sweeps; see stop_word.h. */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t stop;
	/* The first of these ranks, which makes the journal's record file. */
	_Atomic int journal_maker;
	/* Rank 0's last decision about a sweep; see sweep/survivors.h. */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t decided;
	_Atomic uint64_t not_run; /* tasks without a result, at its end */
	/* For results that are released as they are read; rank 0 writes them.
	 * Address of the set of tasks that have a result; if they are handed
	 * over by index, the index below which tasks may begin whatever waits,
	 * the bytes that wait, and the round that ends without the task that
	 * they wait for; and a futex that changes when rank 0 has made room. */
	_Atomic uint64_t arrived;
	_Atomic uint64_t limit;
	_Atomic uint64_t held;
	_Atomic uint64_t given_up;
	_Atomic uint32_t room;
	_Atomic uint32_t waiting; /* ranks that sleep on it */
	/* Calls of on_result that have returned. Rank 0 writes it; for ranks
	 * that wait for it, the timeout counts from its last change. */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t delivered;
	struct rank_state ranks[];
};

static inline size_t rank_states_bytes(int ranks)
{
	return sizeof(struct rank_states) +
	       (size_t)ranks * sizeof(struct rank_state);
}

#endif
