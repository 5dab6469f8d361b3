/*
 * pools WHERE...: a sweep whose tasks use OpenMP, and which has used it before in
 * the places named: "before" the open, in "build", in the "program" between open
 * and scatter. With "thread" the program starts a thread instead, and its tasks
 * use no OpenMP.
 */
#define _GNU_SOURCE /* pthread_setname_np */
#include "cohort.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TASKS = 20, NUMBERS = 1000, SUM = NUMBERS * (NUMBERS - 1) / 2 };

static int argument_count;
static char **arguments;

static int has(const char *word)
{
	for (int i = 1; i < argument_count; i++)
		if (!strcmp(arguments[i], word))
			return 1;
	return 0;
}

static int parallel_sum(void)
{
	int sum = 0;

#pragma omp parallel for reduction(+ : sum) num_threads(3)
	for (int i = 0; i < NUMBERS; i++)
		sum += i;
	return sum;
}

static void *idle(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void use_threads(const char *where)
{
	pthread_t thread;

	if (!has(where))
		return;
	if (has("thread") && !pthread_create(&thread, NULL, idle, NULL))
		pthread_setname_np(thread, "bystander");
	if (!has("thread") && parallel_sum() != SUM)
		_Exit(5);
}

static int build(void *arg, void **state)
{
	(void)arg;
	*state = NULL;
	use_threads("build");
	return 0;
}

static int execute(cohort_task *task)
{
	if (!has("thread") && parallel_sum() != SUM)
		return cohort_task_fail(task, "a wrong sum");
	return cohort_task_result(task, 1) ? 0 : -1;
}

static void check(cohort_status status)
{
	if (status == COHORT_OK)
		return;
	fprintf(stderr, "%s\n", cohort_error());
	_Exit(3);
}

int main(int argc, char **argv)
{
	const cohort_job job = {.build = build, .execute = execute};
	cohort *group;
	cohort_results *results;
	size_t count;
	int right = 0;

	argument_count = argc;
	arguments = argv;
	use_threads("before");
	check(cohort_open(NULL, &group));
	use_threads("program");
	for (int sweep = 0; sweep < 2; sweep++) {
		check(cohort_scatter(group, &job, NULL, TASKS));
		check(cohort_gather(group, &results));
		const cohort_result *all = cohort_results_all(results, &count);
		for (size_t i = 0; i < count; i++)
			right += all[i].status == COHORT_OK;
		cohort_results_free(results);
	}
	if (cohort_is_root(group))
		printf("%d right\n", right);
	check(cohort_close(group));
	return 0;
}
