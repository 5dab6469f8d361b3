/* In a program of its own: a task that is not isolated ends its rank. The errors
 * of the other ranks go to standard output. */
#define _GNU_SOURCE
#include "cases.h"
#include "sweep.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TASKS = 10, FATAL = 5 }; /* of rank 1, if there are 2 or 3 ranks */

static const char *how;
static int others; /* tasks of the other ranks, and of this one before */

static int execute(cohort_task *task)
{
	task_begins(task);
	if (cohort_task_index(task) != FATAL)
		return task_ends(task);
	/* Then the others wait already, or soon. */
	while (atomic_load(&here.shared->done) < others)
		nap(1e-3);
	nap(0.02);
	task_dies();
	if (!strcmp(how, "kill"))
		raise(SIGKILL);
	if (!strcmp(how, "segv"))
		raise(SIGSEGV);
	exit(3);
}

void die_in_task(const char *in_which_way)
{
	how = in_which_way;
	others = here.size == 2 ? 5 : 8;
	cohort_job job = {.execute = execute,
	                  .param_bytes = sizeof(uint64_t),
	                  .schedule = COHORT_STATIC};
	cohort_status status =
	    cohort_scatter(here.group, &job, sweep_params(), TASKS);
	const double told = now() - 1e-9 * (double)here.shared->ranks[1].died;

	EXPECT_WITHIN(told, 2, "%s", "told late");
	printf("rank %d: %s: %s; told after %.1f ms\n", here.rank,
	       cohort_status_name(status), cohort_error(), 1e3 * told);
	fflush(stdout);
	/* The next call returns at once as well. */
	status = cohort_scatter(here.group, &job, sweep_params(), TASKS);
	EXPECT(status == COHORT_EPEER, "again: %s", cohort_status_name(status));
}

static int abort_all(cohort_task *task)
{
	if (cohort_task_index(task) == 3)
		cohort_abort(here.group, 7);
	return 0;
}

int abort_in_task(void)
{
	const cohort_job job = {
	    .execute = abort_all, .isolate = true, .retries = 2};

	MUST(cohort_open(NULL, &here.group));
	MUST(cohort_scatter(here.group, &job, NULL, 8));
	return (int)cohort_close(here.group);
}
