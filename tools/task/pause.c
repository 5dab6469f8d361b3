#define _POSIX_C_SOURCE 200809L
#include "pause.h"

#include "base/clock.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#define STOPPED_SECONDS 1.0 /* longer than a sleep is late by itself */

/* A handler has no argument. */
static const _Atomic int *paused_group;
static struct sigaction before;
static volatile double seconds; /* by the handler */
static double noticed;          /* seconds, by pause_notice */

/* SIGSTOP, because a handler of the task's could refuse SIGTSTP; and so stops
 * this process right here. */
static void stop(int signal)
{
	const int error = errno;
	const int task = atomic_load(paused_group);
	const double since = clock_seconds();

	(void)signal;
	if (task > 1)
		kill(-task, SIGSTOP);
	kill(getpid(), SIGSTOP);
	if (task > 1)
		kill(-task, SIGCONT);
	seconds += clock_seconds() - since;
	errno = error;
}

void pause_begin(const _Atomic int *group)
{
	struct sigaction action = {.sa_handler = stop, .sa_flags = SA_RESTART};

	paused_group = NULL;
	sigemptyset(&action.sa_mask);
	if (sigaction(SIGTSTP, NULL, &before) || before.sa_handler != SIG_DFL)
		return;
	paused_group = group;
	sigaction(SIGTSTP, &action, NULL);
}

void pause_end(void)
{
	if (paused_group)
		sigaction(SIGTSTP, &before, NULL);
	paused_group = NULL;
}

void pause_notice(double took, double asked)
{
	if (took - asked > STOPPED_SECONDS)
		noticed += took - asked;
}

double pause_clock(void)
{
	return clock_seconds() - seconds - noticed;
}
