#include "python.h" /* it defines _GNU_SOURCE */

#include "interrupts.h"

#include <signal.h>

static unsigned long main_thread;
static cohort *volatile interruptible; /* of the innermost call */
static struct sigaction python_action;
static bool installed;

void interrupts_set_thread(unsigned long thread)
{
	main_thread = thread;
}

static void on_interrupt(int number, siginfo_t *info, void *context)
{
	if (python_action.sa_flags & SA_SIGINFO)
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
	if (PyThread_get_thread_ident() != main_thread)
		return;
	*before = interruptible;
	interruptible = group;
	if (!installed)
		install();
}

void interrupts_end(cohort *before)
{
	if (PyThread_get_thread_ident() != main_thread)
		return;
	if (!before && installed)
		uninstall();
	interruptible = before;
}
