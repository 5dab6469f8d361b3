/* How far a group's sweep is. */
#ifndef COHORT_COMMON_SWEEP_PROGRESS_H
#define COHORT_COMMON_SWEEP_PROGRESS_H

#include "common/core/backend.h"

#include <stdatomic.h>

/* Of one sweep. While it runs, what is done is on the board. */
struct figures {
	_Atomic uint64_t sweep; /* as the tallies of its ranks say */
	_Atomic uint64_t total;
	_Atomic uint64_t resumed;
	_Atomic uint64_t done; /* when it ended */
	_Atomic uint64_t failed;
	_Atomic int64_t begin; /* monotonic, in ns */
	_Atomic int64_t end;   /* 0: it runs */
};

/* Part of a group. Written by the rank's thread, read by any. */
struct progress {
	struct figures figures[2]; /* in turns: one is whole at any time */
	_Atomic uint64_t turn;     /* the last one written; 0: no sweep */
	uint64_t sweeps;
};

/* Tasks are about to run: clears this rank's counters. Every rank calls it, and
 * only after all ranks have ended the sweep before. */
void progress_begin(struct progress *progress, const struct world *world,
                    uint64_t total, uint64_t resumed);

/* No rank runs tasks any more: keeps the figures. */
void progress_end(struct progress *progress, const struct world *world);

/* All 0 before the first sweep. Any thread may call it at any time; it does not
 * wait. */
cohort_counts progress_read(const struct progress *progress,
                            const struct world *world);

/* Log one line about the sweep that has ended, at `info`. */
void progress_log(const struct progress *progress, const struct world *world);

#endif
