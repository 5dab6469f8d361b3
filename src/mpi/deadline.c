#include "deadline.h"

#include "common/base/clock.h"

struct deadline deadline_in(double seconds)
{
	return (struct deadline){seconds > 0 ? clock_seconds() + seconds : 0};
}

bool deadline_passed(const struct deadline *deadline)
{
	return deadline->at > 0 && clock_seconds() >= deadline->at;
}
