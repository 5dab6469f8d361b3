/* Time, for all test programs. */
#ifndef COHORT_TESTS_CLOCK_H
#define COHORT_TESTS_CLOCK_H

/* Seconds of a clock that nobody sets, and that all processes share. */
double now(void);

/* Sleep, all of it, whatever signals come. */
void nap(double seconds);

#endif
