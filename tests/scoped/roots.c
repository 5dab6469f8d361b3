#define _POSIX_C_SOURCE 200809L
#include "roots.h"

#include "clock.h"

#include <math.h>
#include <signal.h>

struct work {
	const cohort *group;
	size_t stop; /* the task that raises SIGTERM; 0: none */
};

/* Other ranks could run all tasks before the one that stops the sweep goes on:
 * the tasks behind it wait for the stop. */
static int execute(cohort_task *task)
{
	const double *x = cohort_task_param(task);
	const struct work *work = cohort_task_state(task);
	const size_t index = cohort_task_index(task);
	double *root = cohort_task_result(task, sizeof(*root));

	if (!root)
		return -1;
	*root = sqrt(*x);
	if (work->stop > 0 && index == work->stop)
		raise(SIGTERM);
	while (work->stop > 0 && index > work->stop &&
	       !cohort_is_stopped(work->group))
		nap(1e-3);
	return 0;
}

static cohort_status sweep(cohort *group, const struct roots_call *call,
                           size_t count, double *params, size_t *resumed,
                           cohort_results **results)
{
	struct work work = {.group = group, .stop = call->stop};
	const cohort_job job = {
	    .execute = execute,
	    .arg = &work,
	    .param_bytes = sizeof(*params),
	    .journal = call->journal,
	};
	cohort_counts counts = {0};

	for (size_t i = 0; i < count; i++)
		params[i] = (double)i;
	cohort_status status = cohort_stop_on_signals(group);
	if (status == COHORT_OK)
		status = cohort_scatter(group, &job, params, count);
	const cohort_status progress = cohort_progress(group, &counts);
	*resumed = counts.resumed;
	if (status != COHORT_OK && status != COHORT_ESTOPPED)
		return status;
	const cohort_status gathered = cohort_gather_to_root(group, results);
	if (status == COHORT_OK)
		status = gathered;
	return status == COHORT_OK ? progress : status;
}

cohort_status roots(const struct roots_call *call, size_t count, double *out,
                    size_t *resumed)
{
	const cohort_options options = {.scoped = true, .size = call->ranks};
	cohort_results *results = NULL;
	cohort *group;

	cohort_status status = cohort_open(&options, &group);
	if (status != COHORT_OK)
		return status;
	status = sweep(group, call, count, out, resumed, &results);
	const cohort_status closed = cohort_close(group);
	const cohort_result *all =
	    results ? cohort_results_all(results, &count) : NULL;
	for (size_t i = 0; i < count; i++)
		out[i] = all && all[i].status == COHORT_OK
		             ? *(const double *)all[i].data
		             : -1;
	cohort_results_free(results);
	return status == COHORT_OK ? closed : status;
}
