/* The line on stderr that tells how far a sweep is. */
#ifndef COHORT_COMMON_SWEEP_PROGRESS_LINE_H
#define COHORT_COMMON_SWEEP_PROGRESS_LINE_H

#include "common/core/config.h"
#include "progress.h"

struct progress_line;

/*
 * Begin to draw: on a terminal one line, again and again; into anything else,
 * if `mode` is `always`, a line now and then. NULL if nothing is to be drawn,
 * or nothing can be, which is logged.
 *
 * A thread does it, which blocks all signals, and takes no lock that a forked
 * copy of the process may need: neither malloc's nor those of streams.
 */
struct progress_line *progress_line_begin(const struct progress *progress,
                                          const struct world *world,
                                          enum progress_mode mode);

/* Draw the last state, and end. NULL is allowed. */
void progress_line_end(struct progress_line *line);

#endif
