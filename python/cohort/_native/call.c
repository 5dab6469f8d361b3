#include "call.h"

#include "errors.h"
#include "handlers.h"
#include "interrupts.h"

static _Thread_local struct call *current;

void call_begin(struct call *call, cohort *group)
{
	*call = (struct call){.outer = current};
	interrupts_begin(group, &call->interrupted_before);
	current = call;
	call->thread = PyEval_SaveThread();
}

void call_finish(struct call *call)
{
	PyEval_RestoreThread(call->thread);
	current = call->outer;
	interrupts_end(call->interrupted_before);
}

bool call_end(struct call *call, cohort_status status)
{
	call_finish(call);
	/* Python's handler of the signal decides which exception it is. */
	if ((status == COHORT_EINTERRUPTED && interrupts_raise()) ||
	    handlers_raise(call))
		return false;
	if (status == COHORT_OK)
		return true;
	error_raise(status);
	return false;
}

struct call *call_current(void)
{
	return current;
}

void call_enter_python(struct call *call)
{
	PyEval_RestoreThread(call->thread);
	call->in_python = true;
}

void call_leave_python(struct call *call)
{
	call->in_python = false;
	call->thread = PyEval_SaveThread();
}
