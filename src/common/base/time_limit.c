#include "time_limit.h"

#include "clock.h"

#include <math.h>

struct time_limit time_limit_in(double seconds)
{
	const double now = clock_seconds();

	return (struct time_limit){seconds > 0 ? now + seconds : 0, now};
}

double time_limit_left(struct time_limit *limit)
{
	if (limit->at == 0)
		return INFINITY;
	const double now = clock_seconds();
	const double gap = now - limit->looked;

	if (gap > TIME_LIMIT_GAP_SECONDS)
		limit->at += gap;
	limit->looked = now;
	return limit->at - now;
}

bool time_limit_passed(struct time_limit *limit)
{
	return time_limit_left(limit) <= 0;
}

double time_limit_stopped(double took, double asked)
{
	const double more = took - asked;

	return more > TIME_LIMIT_GAP_SECONDS ? more : 0;
}
