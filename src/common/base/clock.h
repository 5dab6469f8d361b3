/* Time that only moves forward: nobody can set this clock. */
#ifndef COHORT_COMMON_BASE_CLOCK_H
#define COHORT_COMMON_BASE_CLOCK_H

#include <stdint.h>

/* Nanoseconds of CLOCK_MONOTONIC, which all processes of a machine share. */
int64_t clock_ns(void);

/* Seconds of the same clock. */
double clock_seconds(void);

/* The same as of the last tick of the system, which is some milliseconds ago at
 * the most. Costs a fifth, for calls that are made often. */
double clock_tick_seconds(void);

#endif
