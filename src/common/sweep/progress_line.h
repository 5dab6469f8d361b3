/* The line on stderr that shows how far a sweep is. */
#ifndef COHORT_COMMON_SWEEP_PROGRESS_LINE_H
#define COHORT_COMMON_SWEEP_PROGRESS_LINE_H

#include "common/core/config.h"
#include "progress.h"

struct progress_line;

/*
 * Start a thread that shows the progress until progress_line_end: on a terminal
 * it redraws one line; elsewhere, and only if `mode` is PROGRESS_ALWAYS, it
 * prints a line every few seconds. Returns NULL if there is nothing to show; so
 * it does, with a warning in the log, if the thread cannot be started.
 *
 * The thread blocks all signals, so the program's handlers run in the program's
 * own threads. It takes no lock of malloc or of a stream: a child for tasks may
 * be forked at any time, and would inherit a locked lock without the thread
 * that unlocks it.
 */
struct progress_line *progress_line_begin(const struct progress *progress,
                                          const struct world *world,
                                          enum progress_mode mode);

/* Show the last state, and end the thread. NULL is allowed. */
void progress_line_end(struct progress_line *line);

#endif
