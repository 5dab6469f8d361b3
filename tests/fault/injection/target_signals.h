/* Sweeps that a signal stops. */
#ifndef COHORT_TESTS_INJECTION_TARGET_SIGNALS_H
#define COHORT_TESTS_INJECTION_TARGET_SIGNALS_H

#include <stdbool.h>

/* In a program whose groups are closed: all that are open are stopped. Without
 * `acts` nobody sends the signal. */
void run_signals(bool journals, bool acts);

#endif
