/*
 * A call of the library, which may wait: other Python threads run meanwhile.
 *
 *	struct call call;
 *
 *	call_begin(&call, group);
 *	status = cohort_barrier(group);
 *	if (!call_end(&call, status))
 *		return NULL;
 *
 * Functions that the library calls in between (tasks, hooks around forks) run
 * Python between call_enter_python and call_leave_python.
 */
#ifndef COHORT_CALL_H
#define COHORT_CALL_H

#include "python.h"

#include "cohort.h"

#include <stdbool.h>

struct call {
	struct call *outer; /* the call whose task makes this one */
	PyThreadState *thread;
	cohort *interrupted_before; /* see interrupts.h */
	PyObject *raised;  /* by a handler of a signal; see handlers.h */
	bool in_python;    /* it runs Python code */
	bool starts_ranks; /* cohort_open: what it forks are ranks */
	bool in_child;     /* this is a child that runs isolated tasks */
};

/** Begin a call on `group`; NULL if there is none yet. */
void call_begin(struct call *call, cohort *group);

/** End a call. Returns whether `status` is COHORT_OK; an exception is set
 * otherwise: KeyboardInterrupt, say, if a signal has ended the call. */
bool call_end(struct call *call, cohort_status status);

/** End a call, whose status the caller looks after. */
void call_finish(struct call *call);

/** The call that this thread is in; NULL: none. */
struct call *call_current(void);

void call_enter_python(struct call *call);
void call_leave_python(struct call *call);

#endif
