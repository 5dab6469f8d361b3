/* Ends of a world that no call has asked for: other system calls are made then. */
#ifndef COHORT_TESTS_INJECTION_TARGET_ENDINGS_H
#define COHORT_TESTS_INJECTION_TARGET_ENDINGS_H

#include "verdict.h"

/* In a program without a group, whose scoped groups start new ranks. Only the
 * caller returns. */
void run_endings(struct verdict *verdict);

#endif
