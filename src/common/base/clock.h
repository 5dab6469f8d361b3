/* The clock that nobody sets. */
#ifndef COHORT_COMMON_BASE_CLOCK_H
#define COHORT_COMMON_BASE_CLOCK_H

#include <stdint.h>

/* Nanoseconds of CLOCK_MONOTONIC, which all processes of a machine share. */
int64_t clock_ns(void);

/* The same in seconds. */
double clock_seconds(void);

#endif
