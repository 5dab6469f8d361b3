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

/* The same of a run in which none failed. */
bool judge_undisturbed(const struct setting *setting, const struct run *run,
                       char complaint[COMPLAINT_BYTES]);

/* Whether rank 0 was killed because it has not left a tenth of a second after an abort,
 * as may be on a busy machine. */
bool judge_is_late(const struct setting *setting, const struct run *run);

#endif
