/* Whether a run in which a system call failed was as it should be. */
#ifndef COHORT_TESTS_INJECTION_JUDGE_H
#define COHORT_TESTS_INJECTION_JUDGE_H

#include "run.h"

#include <stdbool.h>

enum { COMPLAINT_BYTES = 640 };

/* False, and what is wrong. *refused is whether a call of the library's has
 * returned a status. */
bool judge_run(const struct setting *setting, const struct injection *injection,
               const struct run *run, bool *refused,
               char complaint[COMPLAINT_BYTES]);

#endif
