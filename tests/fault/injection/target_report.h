/* What the target tells in the verdict, and the data and tasks that it checks. */
#ifndef COHORT_TESTS_INJECTION_TARGET_REPORT_H
#define COHORT_TESTS_INJECTION_TARGET_REPORT_H

#include "verdict.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { TASKS = 16, FAILING_TASK = 3, CRASHING_TASK = 6 };

extern struct verdict *verdict;

/* Of this rank. */
extern struct rank_verdict *mine;

/* Whether the first attempt at CRASHING_TASK ends its process. */
extern bool crashes;

/* A call succeeded, and its data is wrong. */
void wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The open has failed that `caller` has called. A peer, or a rank of a launcher, does
 * not know its rank. */
void report_unopened(pid_t caller, cohort_status status);

void failed(const char *call, cohort_status status, const char *sentence);

/* Whether the call succeeded. */
bool ok(const char *call, cohort_status status);

/* Word i of rank r, or of the whole, is a function of both. */
int64_t word(int rank, size_t i);
void check_words(const char *call, const int64_t words[], int rank,
                 size_t count);
void fill(int64_t words[], int rank, size_t count);

/* A job's `execute`, and the check of the result at `index`. A parameter set
 * begins with its index as an int. */
int execute(cohort_task *task);
void check_result(const cohort_result *result, size_t index);

#endif
