/* Time that only moves forward: nobody can set this clock. */
#ifndef COHORT_COMMON_BASE_CLOCK_H
#define COHORT_COMMON_BASE_CLOCK_H

#include <stdint.h>

/* Nanoseconds of CLOCK_MONOTONIC, which all processes of a machine share. */
int64_t clock_ns(void);

/* Seconds of the same clock. */
double clock_seconds(void);

#endif
