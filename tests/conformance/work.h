/* A sweep of tasks that check their parameters and whose results are known. */
#ifndef CONFORMANCE_WORK_H
#define CONFORMANCE_WORK_H

#include "check.h"

struct work {
	uint64_t seed;
	size_t count;
	size_t param_bytes;
	bool failing;    /* some tasks fail, with and without a sentence */
	bool isolated;   /* then `executed` is not counted */
	size_t executed; /* on this rank */
};

/* The job; work is its arg, and the tasks' state. */
cohort_job work_job(struct work *work, cohort_schedule schedule, size_t chunk);

/* Scatter it: parameters on the root, meaningless arguments elsewhere. */
void work_scatter(const struct run *run, struct work *work,
                  const cohort_job *job);

/* The n results at `list` are those of tasks of this work, in order; if n is
 * work->count, of all of them. */
void work_check(const struct run *run, const struct work *work,
                const cohort_result *list, size_t n);

/* Scatter, gather, check everything, local results too, and release. */
void work_do(const struct run *run, struct work *work, const cohort_job *job);

#endif
