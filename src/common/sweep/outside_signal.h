#ifndef COHORT_COMMON_SWEEP_OUTSIDE_SIGNAL_H
#define COHORT_COMMON_SWEEP_OUTSIDE_SIGNAL_H

#include <signal.h>
#include <stdbool.h>

/* Whatever ends a job from outside signals all its processes, often children
 * first. So many seconds may pass between the first signal and the last: who
 * lives on for longer is not being ended. */
#define OUTSIDE_SECONDS 0.5

/* Whether jobs are ended with this signal. A rank that dies of another one has
 * crashed, and the others wait for nothing. */
static inline bool outside_signal_is(int signal)
{
	return signal == SIGTERM || signal == SIGKILL || signal == SIGINT ||
	       signal == SIGHUP || signal == SIGQUIT;
}

#endif
