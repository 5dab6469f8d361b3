/* Whether a run in which a system call failed was as it should be. */
#ifndef COHORT_TESTS_INJECTION_JUDGE_H
#define COHORT_TESTS_INJECTION_JUDGE_H

#include "run.h"

#include <stdbool.h>

enum { ERRORS = 6, COMPLAINT_BYTES = 640 };

/* Their names, for strace, and their numbers. */
extern const char *const error_names[ERRORS];
extern const int error_numbers[ERRORS];

/* Why this call is not made to fail in this setting; NULL if it is. */
const char *judge_reason(const struct setting *setting, const char *call);

/* False, and what is wrong. *refused is whether a call of the library's has
 * returned a status. */
bool judge_run(const struct setting *setting, const struct injection *injection,
               const struct run *run, bool *refused,
               char complaint[COMPLAINT_BYTES]);

#endif
