/* What is told of a run that was not as it should be. */
#ifndef COHORT_TESTS_INJECTION_REPORT_H
#define COHORT_TESTS_INJECTION_REPORT_H

#include "run.h"

#include <stdio.h>

/* All that is known of the run, to stdout, and to the end of the file
 * `injection-failures` in the current directory, which later runs keep. `injection`
 * is NULL for an undisturbed run. */
void report_failed(const struct setting *setting,
                   const struct injection *injection, const struct run *run,
                   const char *complaint);

/* The statuses that calls of the library have returned. */
void report_statuses(FILE *out, const struct verdict *verdict);

/* A line that names the run. */
void report_not_made(const struct setting *setting,
                     const struct injection *injection);

#endif
