#include "hooks.h"

#include "call.h"
#include "interrupts.h"
#include "parts.h"

static void before_fork(void *arg)
{
	(void)arg;
	call_enter_python(call_current());
	parts_call(parts.before_fork);
	PyOS_BeforeFork();
}

static void after_fork_parent(void *arg)
{
	(void)arg;
	PyOS_AfterFork_Parent();
	parts_call(parts.in_parent);
	call_leave_python(call_current());
}

static void after_fork_child(void *arg)
{
	struct call *call = call_current();

	(void)arg;
	PyOS_AfterFork_Child();
	interrupts_set_thread(PyThread_get_thread_ident());
	interrupts_forget();
	call->in_child = !call->starts_ranks;
	parts_call(call->in_child ? parts.in_new_child : parts.in_new_rank);
	call_leave_python(call);
}

void hooks_set(cohort_options *options)
{
	options->before_fork = before_fork;
	options->after_fork_parent = after_fork_parent;
	options->after_fork_child = after_fork_child;
}
