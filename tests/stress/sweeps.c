/* Sweeps. Each rank keeps the results for a random time, sometimes beyond the
 * next sweep: they may be in memory of the rank that wrote them. */
#include "run.h"
#include "schedules.h"

#include <string.h>

enum { TASKS_MOST = 40, KEPT_FOR = 64 };

static int double_task(cohort_task *task)
{
	uint64_t *result = cohort_task_result(task, sizeof(*result));

	if (!result)
		return -1;
	memcpy(result, cohort_task_param(task), sizeof(*result));
	*result *= 2;
	return 0;
}

static void check(const struct run *run, const struct harvest *harvest)
{
	uint64_t params[TASKS_MOST];
	size_t found;
	const cohort_result *all = cohort_results_all(harvest->results, &found);

	if (found != harvest->count)
		run_fail(run, "%zu results, not %zu", found, harvest->count);
	data_fill(params, sizeof(params), harvest->key);
	for (size_t i = 0; i < found; i++) {
		const uint64_t wanted = 2 * params[i];
		if (all[i].index != i || all[i].bytes != sizeof(wanted) ||
		    memcmp(all[i].data, &wanted, sizeof(wanted)))
			run_fail(run, "result %zu of %zu is wrong", i, found);
	}
}

void sweep_forget(struct run *run)
{
	if (!run->harvest.results)
		return;
	check(run, &run->harvest);
	cohort_results_free(run->harvest.results);
	run->harvest.results = NULL;
}

void sweep_age(struct run *run)
{
	if (run->harvest.results && dice_once(&run->own, KEPT_FOR))
		sweep_forget(run);
}

void sweep_make(struct run *run)
{
	const uint64_t schedule =
	    COHORT_STATIC + dice_below(&run->all, SCHEDULES_NAMED);
	const cohort_job job = {
	    .execute = double_task,
	    .param_bytes = sizeof(uint64_t),
	    .schedule = (cohort_schedule)schedule,
	};
	struct harvest harvest = {
	    .count = dice_below(&run->all, TASKS_MOST + 1),
	    .key = data_key(run, 0),
	};
	uint64_t params[TASKS_MOST];

	data_fill(params, sizeof(params), harvest.key);
	run_must(run, cohort_scatter(run->group, &job, params, harvest.count));
	run_must(run, cohort_gather(run->group, &harvest.results));
	check(run, &harvest);
	sweep_forget(run);
	run->harvest = harvest;
}
