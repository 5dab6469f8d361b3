/* A point in time at which a wait ends. */
#ifndef COHORT_MPI_DEADLINE_H
#define COHORT_MPI_DEADLINE_H

#include <stdbool.h>

struct deadline {
	double at; /* seconds of the monotonic clock; 0: never */
};

/* 0 seconds from now: never. */
struct deadline deadline_in(double seconds);

bool deadline_passed(const struct deadline *deadline);

#endif
