/* What is known of each system call and each error: which fail, which must not be
 * noticed, and how sentences name them. */
#ifndef COHORT_TESTS_INJECTION_EXPECTED_H
#define COHORT_TESTS_INJECTION_EXPECTED_H

#include "run.h"

#include <stdbool.h>

enum { ERRORS = 6 };

/* Their names, for strace, and their numbers. */
extern const char *const error_names[ERRORS];
extern const int error_numbers[ERRORS];

/* Why this call is not made to fail in this setting; NULL if it is. */
const char *expected_reason(const struct setting *setting, const char *call);

/* Whether no call of the library may return a status for this. */
bool expected_to_survive(const struct injection *injection);

/* Whether some call of the library must return a status for this. */
bool expected_to_be_told(const struct injection *injection);

/* The name of the call in sentences. */
const char *expected_word(const char *call);

#endif
