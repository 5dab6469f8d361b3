#define _GNU_SOURCE
#include "ended.h"

#include "stopped_sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *path_of(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static bool may_complete(void)
{
	return access(path_of("go"), F_OK) == 0;
}

/* The script ends the child, and then all processes. A rank that has asked for it
 * stops at the signal, and waits for its task. */
static int wait_for_the_end(cohort_task *task)
{
	if (cohort_task_index(task) >= FAST && !may_complete()) {
		leave_word("child", (long)getpid());
		leave_word("running", *(long *)cohort_task_state(task));
		if (!await_stop())
			return cohort_task_fail(task, "nobody ended it");
	}
	return finish_task(task);
}

/* What was done before the end was not lost. */
static void expect_resumed(void)
{
	cohort_counts counts;

	EXPECT(cohort_progress(group, &counts) == COHORT_OK);
	EXPECT(counts.resumed >= FAST);
}

int case_ended(void)
{
	const char *stops = getenv("ENDED_STOPS");
	cohort_job job = job_of(wait_for_the_end);

	job.isolate = true;
	job.journal = path_of("journal");
	if (stops && *stops)
		EXPECT(cohort_stop_on_signals(group) == COHORT_OK);
	const cohort_status status =
	    cohort_scatter(group, &job, params(), TASKS);
	if (may_complete()) {
		EXPECT(status == COHORT_OK);
		expect_results(0, TASKS, TASKS);
		expect_resumed();
	} else {
		EXPECT(status == COHORT_ESTOPPED);
		expect_results(cohort_stop_signal(group), FAST, TASKS - 1);
	}
	return cohort_stop_signal(group);
}
