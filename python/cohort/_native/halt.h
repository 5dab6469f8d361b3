/*
 * KeyboardInterrupt that a task raises by itself ends the sweep, as it would
 * end a loop. The rank that runs the task stops the sweep, and leaves a note in
 * memory that the ranks of a group on one machine, and their children, share.
 */
#ifndef COHORT_HALT_H
#define COHORT_HALT_H

#include "python.h"

#include <stdint.h>

struct halt;

/** New memory without a note, for this process and those that it forks. NULL,
 * with an exception, if there is none. */
struct halt *halt_new(void);

/** Release it in this process; NULL is allowed. */
void halt_free(struct halt *halt);

/**
 * Leave a note, unless there is one of this sweep.
 *
 *   sweep  the number of the sweep in its group, from 1
 *   error  the exception, whose traceback becomes the note
 */
void halt_tell(struct halt *halt, uint64_t sweep, PyObject *error);

/** The note of a sweep, as text: a new reference. None: there is none. */
PyObject *halt_text(const struct halt *halt, uint64_t sweep);

#endif
