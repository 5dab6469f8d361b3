/* What the ranks of a run under attack tell the attacker: a file that all of
 * them map. */
#ifndef STORM_STATE_H
#define STORM_STATE_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

enum { STORM_RANKS = 16 };

struct storm_rank {
	_Atomic pid_t pid;
	_Atomic int64_t told; /* ns of the first failing status; 0: none yet */
	_Atomic int64_t worked;  /* ns of the end of its last task */
	_Atomic int64_t went_on; /* ns of its first task after the kill */
	_Atomic int waited;      /* 1: rank 0 has waited before a task failed */
	_Atomic int status;      /* that one */
	_Atomic uint64_t sweep; /* number + 1 of a sweep that failed; 0: none */
	_Atomic int kept;       /* 1: with results */
	/* Until it was told; see turns.h. */
	_Atomic int64_t turns;
	_Atomic int64_t turns_ns;
	_Atomic int wrong; /* calls that succeeded with wrong data, and worse */
};

struct storm_state {
	_Atomic int ready;      /* ranks that are about to make calls */
	_Atomic int64_t killed; /* ns of the kill; 0: not yet */
	struct storm_rank ranks[STORM_RANKS];
};

#endif
