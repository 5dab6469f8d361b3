#define _POSIX_C_SOURCE 200809L
#include "clock.h"

#include <errno.h>
#include <time.h>

double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void nap(double seconds)
{
	const time_t whole = (time_t)seconds;
	struct timespec left = {whole, (long)(1e9 * (seconds - (double)whole))};

	while (nanosleep(&left, &left) && errno == EINTR)
		continue;
}
