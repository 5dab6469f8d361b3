/* The thread's last failure: a status and one sentence. */
#ifndef COHORT_COMMON_BASE_ERROR_H
#define COHORT_COMMON_BASE_ERROR_H

#include "cohort.h"

enum { ERROR_BYTES = 1024 }; /* a sentence is cut there */

/* Nothing goes well where this is called: the compiler keeps the way there, and
 * what it needs, away from the way that goes well. */
#ifdef __GNUC__
#define COHORT_COLD __attribute__((cold))
#else
#define COHORT_COLD
#endif

/* Keep the sentence for cohort_error, and return `status`, so that the first
 * to notice can write `return error_set(...)`. Keeps errno. */
COHORT_COLD cohort_status error_set(cohort_status status, const char *format,
                                    ...) COHORT_PRINTF(2, 3);

/* The same for an operating system call: adds what errno says, and makes
 * ENOMEM of the system COHORT_ENOMEM, anything else COHORT_ESYS. */
COHORT_COLD cohort_status error_sys(const char *format, ...)
    COHORT_PRINTF(1, 2);

#endif
