/*
 * How far a sweep is: what cohort_progress tells, and the root's line on
 * stderr, which a thread draws, so that tasks do not pay for it.
 */
#ifndef COHORT_COMMON_PROGRESS_H
#define COHORT_COMMON_PROGRESS_H

#include "cohort.h"

#include <stdatomic.h>

struct progress_line;

/* Part of a group. Written by the rank's thread, read by any. */
struct progress {
	_Atomic uint64_t total;
	_Atomic uint64_t resumed;
	_Atomic uint64_t done; /* when the sweep ended; before: see the board */
	_Atomic uint64_t failed;
	_Atomic int64_t begin; /* monotonic, in ns; 0: there was no sweep */
	_Atomic int64_t end;   /* 0: it runs */
	struct progress_line *line; /* the root's, if it draws */
};

/* Tasks are about to be run: clears this rank's tally, and on the root begins
 * to draw if COHORT_PROGRESS and stderr say so. Not collective. */
void progress_begin(cohort *group, uint64_t total, uint64_t resumed);

/* All ranks have met after the last task: keeps the figures, ends the line, and
 * on the root says a summary at `info`. */
void progress_end(cohort *group);

#endif
