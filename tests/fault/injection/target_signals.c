#define _POSIX_C_SOURCE 200809L /* kill */
#include "target_signals.h"

#include "target_report.h"

#include <signal.h>
#include <unistd.h>

enum { SIGNALLED_TASK = 4 };

/* The rank of this process. */
static pid_t rank_process;
static bool sends;
static volatile sig_atomic_t has_sent;

/* The rank gets it, also if its child runs the task. */
static int execute_signalled(cohort_task *task)
{
	if (sends && cohort_task_index(task) == SIGNALLED_TASK)
		has_sent = !kill(rank_process, SIGTERM);
	return execute(task);
}

/* What was run has the right result; the others were stopped. */
static void gather_signalled(cohort *group, bool all_run)
{
	cohort_results *results;
	size_t count;

	if (!ok("gather", cohort_gather(group, &results)))
		return;
	const cohort_result *all = cohort_results_all(results, &count);
	if (count != TASKS)
		wrong("signalled: %zu results", count);
	for (size_t i = 0; i < count; i++)
		if (all_run || all[i].status != COHORT_ESTOPPED)
			check_result(&all[i], i);
	cohort_results_free(results);
}

static void sweep(cohort *group, const char *journal, bool isolate)
{
	const cohort_job job = {
	    .execute = execute_signalled,
	    .param_bytes = sizeof(int),
	    .journal = journal,
	    .isolate = isolate,
	    .not_isolated = !isolate,
	};
	int params[TASKS];

	for (int i = 0; i < TASKS; i++)
		params[i] = i;
	rank_process = getpid();
	has_sent = 0;
	const cohort_status status = cohort_scatter(group, &job, params, TASKS);
	if (has_sent && cohort_stop_signal(group) != SIGTERM)
		mine->deaf = 1;
	if ((sends && status == COHORT_ESTOPPED) ||
	    ok("scatter_signalled", status))
		gather_signalled(group, status == COHORT_OK);
}

static void run_signal(const char *journal, bool isolate)
{
	cohort *group;

	if (!ok("signals_open", cohort_open(NULL, &group)))
		return;
	/* Where the handler could not be set the signal would end the rank. */
	const bool armed = ok("stop_on_signals", cohort_stop_on_signals(group));
	const bool wanted = sends;
	sends = wanted && armed;
	sweep(group, journal, isolate);
	sends = wanted;
	ok("signals_close", cohort_close(group));
}

void run_signals(bool journals, bool acts)
{
	sends = acts;
	run_signal(journals ? "own4" : NULL, false);
	run_signal(journals ? "own5" : NULL, true);
}
