/*
 * How far a sweep is: what cohort_progress tells, and the root's line on
 * stderr, which a thread draws, so that tasks do not pay for it.
 */
#ifndef COHORT_COMMON_SWEEP_PROGRESS_H
#define COHORT_COMMON_SWEEP_PROGRESS_H

#include "cohort.h"

#include <stdatomic.h>

struct progress_line;

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
	struct progress_line *line; /* the root's, if it draws */
};

/* Tasks are about to be run: clears this rank's tally, and on the root begins
 * to draw if COHORT_PROGRESS and stderr say so. Every rank calls it, and comes
 * here only after all have ended the sweep before. */
void progress_begin(cohort *group, uint64_t total, uint64_t resumed);

/* All ranks have met after the last task: keeps the figures, ends the line, and
 * on the root says a summary at `info`. */
void progress_end(cohort *group);

#endif
