/* Sweeps of tasks whose results are known. */
#ifndef FAULT_TASKS_SWEEP_H
#define FAULT_TASKS_SWEEP_H

#include "check.h"

#include <stdint.h>

/* To be called first in every task: it is counted. */
void task_begins(const cohort_task *task);

/* To be returned by a task that goes well: its result is written. */
int task_ends(cohort_task *task);

/* A task that is about to die: from now to when the rank's next one begins is
 * measured. */
void task_dies(void);

/* As task_begins and task_ends, and nothing between. */
int task_plain(cohort_task *task);

/* What was collected of a sweep. */
struct harvest {
	cohort_results *results;
	const cohort_result *all;
	size_t count;
};

/* Of any sweep, as many as TASKS_MOST. */
const uint64_t *sweep_params(void);

/* Scatter and gather. The parameters are added to `job`; the board is cleared
 * before. Collective. */
cohort_status sweep_scatter(cohort_job job, size_t count);
struct harvest sweep_gather(void);
struct harvest sweep_run(cohort_job job, size_t count);
void sweep_free(struct harvest *harvest);

/* Which tasks fail: those whose index leaves `rest` when divided by `every`;
 * 0: none. */
struct fate {
	size_t every;
	size_t rest;
	const char *words; /* in their sentence */
	int attempts;      /* of theirs */
};

bool fate_strikes(const struct fate *fate, size_t index);

/* Those failed so, all others have their results; each was begun as often as
 * it says. Releases the harvest. */
void sweep_expect(struct harvest *harvest, size_t count,
                  const struct fate *fate);

/* A sweep that goes well, for whether the group is still usable. */
void sweep_plain(void);

#endif
