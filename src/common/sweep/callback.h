/*
 * Calls of the program's functions. They must return. One that is left by a C++
 * exception, pthread_exit or the cancellation of its thread would let the
 * program go on behind cohort_scatter in the middle of a sweep; in a child that
 * runs tasks it would be a second copy of the program. So the process ends
 * instead.
 *
 * The sources that use this are compiled with -fexceptions: the compiler then
 * calls callback_check when the stack is unwound. longjmp does not unwind it;
 * see group_note_task.
 */
#ifndef COHORT_COMMON_SWEEP_CALLBACK_H
#define COHORT_COMMON_SWEEP_CALLBACK_H

#include "common/base/error.h"

#include <stdbool.h>

struct callback {
	const char *name; /* "execute", of the job's field */
	_Atomic int
	    *left; /* in a child: set before it ends; NULL: in the rank */
	int rank;
	bool returned;
};

/* End the process: the callback was left without returning. */
COHORT_COLD void callback_left(const struct callback *callback);

static inline void callback_check(const struct callback *callback)
{
	if (!callback->returned)
		callback_left(callback);
}

/* Declares a struct callback that is checked when its block is left. */
#define CALLBACK_GUARD __attribute__((cleanup(callback_check))) struct callback

#endif
