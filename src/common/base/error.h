/* The sentence about this thread's last failure, which cohort_error returns. */
#ifndef COHORT_COMMON_BASE_ERROR_H
#define COHORT_COMMON_BASE_ERROR_H

#include "cohort.h"

/* Of a sentence, with its 0; see sentence.h for longer ones. */
enum { ERROR_BYTES = 4096 };

/* Functions that are called on failures only. The compiler keeps the code that
 * leads to such a call out of the way of the code that succeeds. */
#ifdef __GNUC__
#define COHORT_COLD __attribute__((cold))
#else
#define COHORT_COLD
#endif

/* Store the sentence and return `status`, so that a caller can write `return
 * error_set(...)`. Keeps errno. */
COHORT_COLD cohort_status error_set(cohort_status status, const char *format,
                                    ...) COHORT_PRINTF(2, 3);

/* Store a sentence about a system call that failed, with the text of errno
 * behind it. Returns COHORT_ENOMEM if errno is ENOMEM, and COHORT_ESYS
 * otherwise. Keeps errno. */
COHORT_COLD cohort_status error_sys(const char *format, ...)
    COHORT_PRINTF(1, 2);

#endif
