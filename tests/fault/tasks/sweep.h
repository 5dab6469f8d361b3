/* Sweeps of tasks whose results are known. */
#ifndef FAULT_TASKS_SWEEP_H
#define FAULT_TASKS_SWEEP_H

#include "check.h"

#include <stdint.h>

/* Every task calls it first: counts the attempt. */
void task_begins(const cohort_task *task);

/* A task that succeeds returns this: writes its result. */
int task_ends(cohort_task *task);

/* A task calls it before it dies: measures the time until the rank's next task
 * begins. */
void task_dies(void);

/* A task that calls task_begins and task_ends. */
int task_plain(cohort_task *task);

/* The gathered results of a sweep. */
struct gathered {
	cohort_results *results;
	const cohort_result *all;
	size_t count;
};

/* The parameters of all sweeps: TASKS_MOST of them. */
const uint64_t *sweep_params(void);

/* Scatter and gather. They clear the shared counts and add the parameters to
 * `job`. Collective. */
cohort_status sweep_scatter(cohort_job job, size_t count);
struct gathered sweep_gather(void);
struct gathered sweep_run(cohort_job job, size_t count);
void sweep_free(struct gathered *gathered);

/* Which tasks fail: those whose index modulo `every` is `rest`. If `every` is 0,
 * none. */
struct failing {
	size_t every;
	size_t rest;
	const char *words; /* in the sentences of these tasks */
	int attempts;      /* at these tasks */
};

bool failing_has(const struct failing *failing, size_t index);

/* Check that these tasks failed, that all others have their results, and that
 * each was begun as often as its result says. Releases the results. */
void sweep_expect(struct gathered *gathered, size_t count,
                  const struct failing *failing);

/* The same for result i only. */
void sweep_expect_result(const struct gathered *gathered, size_t i,
                         const struct failing *failing);

/* A sweep without failures: checks that the group is still usable. */
void sweep_plain(void);

#endif
