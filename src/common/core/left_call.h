/*
 * Calls that their thread leaves before their end: a handler of a signal jumps
 * out of one (siglongjmp), throws, or ends the thread. The peers wait for the
 * rest of the call. So the group is broken, and the backend tells the peers if
 * it can.
 *
 * - pthread_exit and exceptions unwind the stack. The sources that use
 *   LEFT_CALL_GUARD are compiled with -fexceptions: the compiler then calls
 *   left_call_check.
 * - After a jump world->caller still names the thread, and its next call
 *   notices that. A handler that makes a call in the middle of another one
 *   looks the same, and is as wrong. (mp/wait.c notices a jump out of a sleep
 *   before it comes down.)
 */
#ifndef COHORT_COMMON_CORE_LEFT_CALL_H
#define COHORT_COMMON_CORE_LEFT_CALL_H

#include "cohort.h"
#include "common/base/error.h"

/* Some thread is in a call on this group's ranks, or was, when `function`
 * begins. If it is another one, COHORT_ESTATE; if it has left the call, the
 * group is broken with COHORT_EMISMATCH. COHORT_OK: the call may begin. */
COHORT_COLD COHORT_CHECKED cohort_status left_call_find(cohort *group,
                                                        const char *function);

/* The stack is unwound in the middle of a call. */
COHORT_COLD void left_call_unwound(cohort *group);

struct left_call {
	cohort *group; /* NULL: the call has returned */
};

static inline void left_call_check(const struct left_call *call)
{
	if (call->group)
		left_call_unwound(call->group);
}

/* Declares a struct left_call that is checked when its block is left. */
#define LEFT_CALL_GUARD \
	__attribute__((cleanup(left_call_check))) struct left_call

#endif
