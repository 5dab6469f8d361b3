/* Signals that end a whole job: a batch system sends them to all processes,
 * often to children first. */
#ifndef COHORT_COMMON_SWEEP_OUTSIDE_SIGNAL_H
#define COHORT_COMMON_SWEEP_OUTSIDE_SIGNAL_H

#include <signal.h>
#include <stdbool.h>

/* Seconds between the first and the last signal to the processes of a job. Who
 * lives on for so long is not being ended. */
#define OUTSIDE_SECONDS 0.5

/* Whether programs are ended with this signal, which a fault of a program's own
 * does not raise. */
static inline bool outside_signal_is(int signal)
{
	return signal == SIGTERM || signal == SIGKILL || signal == SIGINT ||
	       signal == SIGHUP || signal == SIGQUIT;
}

#endif
