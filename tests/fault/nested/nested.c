/*
 * nested COMMAND        a sweep of four tasks that each run the command
 * nested --between COMMAND
 *                       each rank runs the command between two barriers, and once
 *                       more between two sweeps without one
 * nested --inner [mp]   a sweep without a command; says on what it runs. With
 *                       "mp" options.backend asks for it, with two ranks.
 */
#define _POSIX_C_SOURCE 200809L
#include "cohort.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TASKS = 4 };

static const char *command;

static void check(cohort_status status)
{
	if (status == COHORT_OK)
		return;
	printf("%s: %s\n", cohort_status_name(status), cohort_error());
	fflush(stdout);
	_Exit(3);
}

static int execute(cohort_task *task)
{
	if (command && system(command) != 0)
		return cohort_task_fail(task, "the command failed");
	return cohort_task_result(task, 1) ? 0 : -1;
}

static size_t count_right(cohort *group)
{
	cohort_results *results;
	size_t count;
	size_t right = 0;

	check(cohort_gather(group, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		right += all[i].status == COHORT_OK;
	cohort_results_free(results);
	return right;
}

static void run_between(cohort *group, const cohort_job *job)
{
	for (int i = 0; i < 2; i++) {
		check(cohort_barrier(group));
		if (system(command) != 0)
			printf("the command failed on rank %d\n",
			       cohort_rank(group));
		check(cohort_barrier(group));
		if (i > 0)
			continue;
		const char *kept = command;
		command = NULL;
		check(cohort_scatter(group, job, NULL, TASKS));
		command = kept;
	}
}

int main(int argc, char **argv)
{
	const bool between = argc > 2 && !strcmp(argv[1], "--between");
	const char *isolate = getenv("ISOLATE");
	const cohort_job job = {.execute = execute, .isolate = isolate};
	cohort_options options = {0};
	cohort *group;

	if (argc > 1 && strcmp(argv[1], "--inner"))
		command = argv[between ? 2 : 1];
	else if (argc > 2)
		options = (cohort_options){.backend = argv[2], .size = 2};
	check(cohort_open(&options, &group));
	if (between)
		run_between(group, &job);
	else
		check(cohort_scatter(group, &job, NULL, TASKS));
	const size_t right = count_right(group);
	if (cohort_is_root(group))
		printf("%s: %zu right on %s with %d\n",
		       command ? "outer" : "inner", right,
		       cohort_backend(group), cohort_size(group));
	check(cohort_close(group));
	return 0;
}
