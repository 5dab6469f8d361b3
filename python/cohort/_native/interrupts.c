#include "python.h" /* it defines _GNU_SOURCE */

#include "interrupts.h"

#include <signal.h>

static unsigned long main_thread;
static cohort *volatile interruptible; /* of the innermost call */
static struct sigaction python_action;
static bool installed;
static int holds;          /* how many `held` are under way */
static volatile bool held; /* signals are noted only */
static volatile bool noted;

void interrupts_set_thread(unsigned long thread)
{
	main_thread = thread;
}

static bool in_main_thread(void)
{
	return PyThread_get_thread_ident() == main_thread;
}

cohort *interrupts_group(void)
{
	return in_main_thread() ? interruptible : NULL;
}

static void on_interrupt(int number, siginfo_t *info, void *context)
{
	if (held)
		noted = true;
	else if (python_action.sa_flags & SA_SIGINFO)
		python_action.sa_sigaction(number, info, context);
	else
		python_action.sa_handler(number);
	cohort_interrupt(interruptible);
}

static bool is_ours(const struct sigaction *action)
{
	return (action->sa_flags & SA_SIGINFO) &&
	       action->sa_sigaction == on_interrupt;
}

static void install(void)
{
	struct sigaction action = {.sa_sigaction = on_interrupt,
	                           .sa_flags = SA_SIGINFO};

	if (sigaction(SIGINT, NULL, &python_action) ||
	    (!(python_action.sa_flags & SA_SIGINFO) &&
	     (python_action.sa_handler == SIG_DFL ||
	      python_action.sa_handler == SIG_IGN)))
		return;
	action.sa_mask = python_action.sa_mask;
	action.sa_flags |= python_action.sa_flags & SA_ONSTACK;
	installed = !sigaction(SIGINT, &action, NULL);
}

/* A task may have set a handler by signal.signal: that one stays. */
static void uninstall(void)
{
	struct sigaction last;

	if (!sigaction(SIGINT, NULL, &last) && is_ours(&last))
		sigaction(SIGINT, &python_action, NULL);
	installed = false;
}

void interrupts_begin(cohort *group, cohort **before)
{
	*before = NULL;
	if (!in_main_thread())
		return;
	*before = interruptible;
	interruptible = group;
	if (!installed)
		install();
	if (noted)
		cohort_interrupt(group);
}

void interrupts_end(cohort *before)
{
	if (!in_main_thread())
		return;
	if (!before && !holds && installed)
		uninstall();
	interruptible = before;
}

/* Python's own handler only notes the signal, too, in its own way. */
static void make_up(void)
{
	if (!noted)
		return;
	noted = false;
	on_interrupt(SIGINT, NULL, NULL);
}

bool interrupts_allow(void)
{
	const bool before = held;

	if (!in_main_thread())
		return false;
	held = false;
	make_up();
	return before;
}

void interrupts_forbid(bool before)
{
	if (in_main_thread())
		held = before;
}

bool interrupts_raise(void)
{
	const bool before = interrupts_allow();

	interrupts_forbid(before);
	return PyErr_CheckSignals() != 0;
}

static PyObject *call_held(PyObject *function, PyObject *args)
{
	const bool before = held;
	PyObject *result;

	holds++;
	held = true;
	if (!installed)
		install();
	result = PyObject_Call(function, args, NULL);
	holds--;
	held = before;
	if (!held)
		make_up();
	if (!holds && !interruptible && installed)
		uninstall();
	return result;
}

PyObject *interrupts_held(PyObject *module, PyObject *args)
{
	PyObject *function = PyTuple_GetItem(args, 0);
	PyObject *rest = PyTuple_GetSlice(args, 1, PyTuple_Size(args));
	PyObject *result = NULL;

	(void)module;
	if (function && rest)
		result = in_main_thread() ? call_held(function, rest)
		                          : PyObject_Call(function, rest, NULL);
	Py_XDECREF(rest);
	return result;
}

PyObject *interrupts_noted(PyObject *module, PyObject *none)
{
	(void)module, (void)none;
	return PyBool_FromLong(noted);
}

void interrupts_forget(void)
{
	noted = false;
}
