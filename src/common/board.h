/*
 * What ranks of one machine tell each other while they work, without a call:
 * memory that they share, in which each word has one writer at a time, but for
 * the signal, which anybody may set, and the stocks.
 */
#ifndef COHORT_COMMON_BOARD_H
#define COHORT_COMMON_BOARD_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* How far a rank is with its tasks of the sweep, and what it has in hand. */
struct tally {
	_Alignas(128) _Atomic uint64_t done; /* failed ones included */
	_Atomic uint64_t failed;
	/* Index + 1 of the task that runs in the rank itself; 0: none. */
	_Atomic uint64_t running;
	_Atomic uint64_t sweep; /* that it is about; see progress.c */
	_Atomic uint64_t stock; /* claimed and not begun; see stock.h */
	_Atomic int child;      /* process group that runs its tasks; 0: none */
};

struct board {
	_Alignas(128) _Atomic int signal; /* that stops all sweeps; 0: none */
	struct tally tallies[];
};

static inline size_t board_bytes(int ranks)
{
	return sizeof(struct board) + (size_t)ranks * sizeof(struct tally);
}

#endif
