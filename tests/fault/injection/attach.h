/* strace, for a process that has stopped itself. */
#ifndef COHORT_TESTS_INJECTION_ATTACH_H
#define COHORT_TESTS_INJECTION_ATTACH_H

#include "run.h"

/* Let strace trace `target` into the file `trace`, and make calls fail unless
 * `injection` is NULL. False if it cannot. */
bool attach_strace(pid_t target, const char *trace,
                   const struct injection *injection);

#endif
