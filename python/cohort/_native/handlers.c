#include "handlers.h"

#include "call.h"
#include "interrupts.h"
#include "parts.h"

#include "common/base/clock.h"
#include "common/base/wait_hook.h"
#include "common/core/fork_hook.h"

#include <stdlib.h>
#include <unistd.h>

#define LOOK_SECONDS 0.04 /* between two looks for signals */

/* A handler may fork, too: see _strays.py. */
static void run_handlers(void *arg)
{
	struct call *call = arg;
	const pid_t process = getpid();

	call_enter_python(call);
	const bool failed = PyErr_CheckSignals() != 0;
	PyObject *error = failed ? fetch_exception() : NULL;
	if (getpid() != process) {
		PyObject_CallFunctionObjArgs(parts.end_stray,
		                             error ? error : Py_None, NULL);
		_exit(EXIT_FAILURE);
	}
	if (call->raised)
		Py_XDECREF(error);
	else
		call->raised = error;
	call_leave_python(call);
	if (failed)
		cohort_interrupt(interrupts_group());
}

/* Calls of the library that a handler makes are refused, as in hooks around
 * forks: this thread is in the middle of one. */
static void look(void)
{
	static double looked;
	struct call *call = call_current();

	if (!interrupts_group() || !call || call->in_python)
		return;
	const double now = clock_seconds();
	if (now - looked < LOOK_SECONDS)
		return;
	fork_hook_call(run_handlers, call);
	looked = clock_seconds();
}

void handlers_watch(void)
{
	wait_hook_set(look);
}

bool handlers_raise(struct call *call)
{
	PyObject *error = call->raised;

	if (!error)
		return false;
	call->raised = NULL;
	PyErr_SetObject((PyObject *)Py_TYPE(error), error);
	Py_DECREF(error);
	return true;
}
