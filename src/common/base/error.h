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

/*
 * Some public calls share the functions below them, whose sentences begin with
 * the name of one of these calls, `shared`, and a colon. From error_begin_call
 * to error_end_call such sentences of this thread begin with `called` instead,
 * the name of the call that was made. A task may make a call inside another
 * one, so error_end_call takes what error_begin_call has returned.
 */
struct error_call {
	const char *shared; /* NULL: sentences stay as they are */
	const char *called;
};
struct error_call error_begin_call(const char *shared, const char *called);
void error_end_call(struct error_call before);

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
