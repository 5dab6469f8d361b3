#define _GNU_SOURCE /* CLOCK_MONOTONIC_COARSE */
#include "clock.h"

#include <time.h>

static int64_t read_clock(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t clock_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

double clock_seconds(void)
{
	return 1e-9 * (double)clock_ns();
}

double clock_tick_seconds(void)
{
	return 1e-9 * (double)read_clock(CLOCK_MONOTONIC_COARSE);
}
