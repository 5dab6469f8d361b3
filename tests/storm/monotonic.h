/* Time in the units of storm_state.h. */
#ifndef STORM_MONOTONIC_H
#define STORM_MONOTONIC_H

#include <stdint.h>
#include <time.h>

static inline int64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static inline void pause_us(unsigned us)
{
	const struct timespec pause = {us / 1000000, us % 1000000 * 1000L};

	nanosleep(&pause, NULL);
}

#endif
