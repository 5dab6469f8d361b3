#define _POSIX_C_SOURCE 200809L
#include "outside_end.h"

#include "base/clock.h"

#include <signal.h>
#include <time.h>

/* From the first signal to the processes of a job to the last. */
static const double WAIT_SECONDS = 0.5;
static const struct timespec PAUSE = {0, 10 * 1000 * 1000};

enum { SHELL_SIGNALLED = 128 };

/* A program's own fault does not raise them. The library has the same list for
 * its own children; it is not in the public header, which is all that the
 * command knows of the library. */
static bool ends_jobs(int signal)
{
	return signal == SIGTERM || signal == SIGKILL || signal == SIGINT ||
	       signal == SIGHUP || signal == SIGQUIT;
}

static bool may_be_from_outside(const struct process_result *result)
{
	if (result->out_of_memory)
		return false;
	if (result->end == PROCESS_SIGNALLED)
		return ends_jobs(result->signal);
	return result->end == PROCESS_EXITED &&
	       ends_jobs(result->exit_status - SHELL_SIGNALLED);
}

bool outside_end_is(const cohort *group, const struct process_result *result)
{
	if (!may_be_from_outside(result))
		return false;
	const double until = clock_seconds() + WAIT_SECONDS;
	while (!cohort_stop_signal(group)) {
		if (clock_seconds() >= until)
			return false;
		nanosleep(&PAUSE, NULL);
	}
	return true;
}
