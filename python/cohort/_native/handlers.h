/*
 * Python's handlers of signals in a call of the library. Python runs them when
 * its code runs again; a call may wait for long. So the main thread's waits run
 * them meanwhile. A handler that raises an exception interrupts the group, and
 * the exception comes out of the call. SIGINT wakes the waits (interrupts.h);
 * for other signals they look at intervals: their handlers belong to the
 * program, whose own library may have set them in C, and to learn at each call
 * which ones there are would take longer than most calls.
 */
#ifndef COHORT_HANDLERS_H
#define COHORT_HANDLERS_H

#include "call.h"

#include <stdbool.h>

/** Waits run handlers from now on. */
void handlers_watch(void);

/** After a call: whether a handler has raised an exception in it, which is set
 * then. */
bool handlers_raise(struct call *call);

#endif
