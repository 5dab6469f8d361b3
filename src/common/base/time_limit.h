/*
 * A time limit of a wait. The time for which this process was stopped does not
 * count: Ctrl-Z, a frozen container, a batch system that suspends its job. No
 * signal tells of a SIGSTOP. So the wait looks at the limit every half second
 * or more often, and if a second has passed since its last look, then this
 * process did not run, and the limit moves on by that time. A process that runs
 * while another one is stopped waits no longer than its limit.
 */
#ifndef COHORT_COMMON_BASE_TIME_LIMIT_H
#define COHORT_COMMON_BASE_TIME_LIMIT_H

#include <stdbool.h>

/* Between two looks, at most. */
enum { TIME_LIMIT_LOOK_MS = 500 };

/* After more time than that between two looks, the process was stopped. */
#define TIME_LIMIT_GAP_SECONDS 1.0

struct time_limit {
	double at;     /* seconds of the monotonic clock; 0: there is none */
	double looked; /* time of the last look */
};

/* 0 seconds from now: there is none. */
struct time_limit time_limit_in(double seconds);

/* Look: seconds until the end of the wait; infinite if there is no limit. */
double time_limit_left(struct time_limit *limit);

/* Look: whether there is a limit, and it has passed. */
bool time_limit_passed(struct time_limit *limit);

/* Seconds for which a sleep of at most `asked` seconds, which has taken `took`,
 * was longer than a process sleeps that runs. */
double time_limit_stopped(double took, double asked);

#endif
