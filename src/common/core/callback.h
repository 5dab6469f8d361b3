/*
 * Calls of the program's functions. They must return. One that is left in
 * another way would let the program go on behind cohort_scatter in the middle
 * of a sweep; in a child that runs tasks it would be a second copy of the
 * program. So the process ends instead.
 *
 * - An exception, pthread_exit and the cancellation of the thread unwind the
 *   stack. The sources that use CALLBACK_GUARD are compiled with -fexceptions:
 *   the compiler then calls callback_check.
 * - longjmp does not unwind it; a jump_watch with callback_jumped notices it.
 *   Where jump_watch cannot, the next call of the library does; see
 *   group_note_task and group_end_if_left.
 * - A process that the function has forked has a copy of the call, and must not
 *   come back from it: it would be a rival of the process that it is a copy of.
 *   It ends there, and touches nothing that processes share.
 */
#ifndef COHORT_COMMON_CORE_CALLBACK_H
#define COHORT_COMMON_CORE_CALLBACK_H

#include "process_mark.h"

struct callback {
	const char *what; /* "cohort_scatter: the job's execute" */
	int rank;         /* -1: not known */
	bool returned;
	struct process_mark process; /* the one that has made the call */
};

/* End the process: the callback was left without returning. */
COHORT_COLD void callback_left(const struct callback *callback);

/* End this process, a copy of the one that has called the function. */
COHORT_COLD void callback_copied(const struct callback *callback);

static inline bool callback_is_copied(const struct callback *callback)
{
	return process_mark_is_other(&callback->process);
}

/* To be called first where the function has returned. */
static inline void callback_returned(struct callback *callback)
{
	callback->returned = true;
	if (callback_is_copied(callback))
		callback_copied(callback);
}

static inline void callback_check(const struct callback *callback)
{
	if (!callback->returned)
		callback_left(callback);
}

/* Declares a struct callback that is checked when its block is left. */
#define CALLBACK_GUARD __attribute__((cleanup(callback_check))) struct callback

/* The same for longjmp over the function that calls the job's functions. The
 * argument is the group. Returns in a copy of the process that the program has
 * forked: it belongs to the program. */
COHORT_COLD void callback_jumped_sweep(void *group);

/* And over the function that calls a fork hook. The argument is its struct
 * callback. */
COHORT_COLD void callback_jumped_hook(void *callback);

#endif
