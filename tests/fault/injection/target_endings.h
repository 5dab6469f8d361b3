/* Ends of a world that no call has asked for: other system calls are made then. */
#ifndef COHORT_TESTS_INJECTION_TARGET_ENDINGS_H
#define COHORT_TESTS_INJECTION_TARGET_ENDINGS_H

#include <stdbool.h>

/* Scoped groups start new ranks, one after another; the last of them end otherwise.
 * Only the caller returns. */
void run_endings(bool journals, bool acts);

/* The program ends in a sweep as `name` says: "abort", "abort-isolated", "death" or
 * "interrupt". False if that is no name. */
bool run_ending(const char *name, bool journals, bool acts);

#endif
