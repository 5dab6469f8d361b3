#include "target_scenes.h"

#include "target_more.h"
#include "target_report.h"

enum { STOPS_AT = 4, VALUES = 7 };

/* A second group, beside the first one. */
static void run_second_open(void)
{
	int64_t words[VALUES];
	cohort *group;

	if (!ok("second_open", cohort_open(NULL, &group)))
		return;
	for (int i = 0; i < VALUES; i++)
		words[i] = 0;
	if (cohort_is_root(group))
		fill(words, 0, VALUES);
	if (ok("second_bcast",
	       cohort_bcast(group, words, VALUES, COHORT_INT64, 0)))
		check_words("second_bcast", words, 0, VALUES);
	ok("second_close", cohort_close(group));
}

static cohort *stopped;

static int stop(cohort_task *task)
{
	if (cohort_task_index(task) == STOPS_AT)
		ok("stop", cohort_stop(stopped));
	return execute(task);
}

/* A sweep that a task ends: what has a result has the right one. */
static void run_stop(cohort *group)
{
	const cohort_job job = {
	    .execute = stop, .param_bytes = sizeof(int), .not_isolated = true};
	cohort_results *results;
	int params[TASKS];
	size_t count;

	for (int i = 0; i < TASKS; i++)
		params[i] = i;
	stopped = group;
	const cohort_status status = cohort_scatter(group, &job, params, TASKS);
	if (status != COHORT_ESTOPPED && !ok("scatter_stopped", status))
		return;
	if (!ok("gather", cohort_gather(group, &results)))
		return;
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		if (all[i].status != COHORT_ESTOPPED)
			check_result(&all[i], all[i].index);
	cohort_results_free(results);
}

/* A deadline that is far away, and results as they come: those of the journal, if
 * it has some, and new ones. */
static void run_delivered(cohort *group, bool journals)
{
	struct seen seen = {0};
	const cohort_job job = {
	    .execute = execute,
	    .arg = &seen,
	    .param_bytes = sizeof(int),
	    .journal = journals ? "own3" : NULL,
	    .not_isolated = true,
	    .deadline = 100000,
	    .on_result = look_at_result,
	    .ordered = true,
	};
	int params[TASKS];

	for (int i = 0; i < TASKS; i++)
		params[i] = i;
	if (ok("scatter_delivered",
	       cohort_scatter(group, &job, params, TASKS)) &&
	    cohort_is_root(group) && seen.count != TASKS)
		wrong("delivered: %zu results", seen.count);
}

void run_scenes(cohort *group, bool journals)
{
	run_second_open();
	run_stop(group);
	run_delivered(group, journals);
}
