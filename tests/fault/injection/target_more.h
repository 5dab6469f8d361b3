/* Calls that are made of others, and sweeps whose results come as they run. */
#ifndef COHORT_TESTS_INJECTION_TARGET_MORE_H
#define COHORT_TESTS_INJECTION_TARGET_MORE_H

#include <cohort.h>
#include <stdbool.h>

/* Where on_result is: job.arg of look_at_result. */
struct seen {
	size_t count;
	size_t failed;
	size_t next; /* the least index that may come */
};

/* A job's `on_result`, with `ordered`. */
int look_at_result(void *arg, const cohort_result *result);

void run_more_collectives(cohort *group);

/* On rank 0 also what reads the journal "own2" of an earlier sweep, which is
 * there with `journals`. */
void run_more_sweeps(cohort *group, bool journals);

#endif
