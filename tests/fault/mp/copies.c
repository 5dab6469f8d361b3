/* Copies of ranks, forked off by the program: they are no ranks. */
#define _GNU_SOURCE
#include "runner.h"
#include "scenarios.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RANKS = 4 };

/* A copy releases its copy, and ends as it likes; the ranks go on. */
static void be_a_copy(cohort *group)
{
	EXPECT(cohort_barrier(group) == COHORT_ESTATE, "barrier in a copy");
	EXPECT(cohort_close(group) == COHORT_OK, "close in a copy: %s",
	       cohort_error());
	exit(7);
}

static void abort_in_a_copy(cohort *group)
{
	cohort_abort(group, 7);
}

static void (*in_copy)(cohort *group);

static void copy_ranks(void)
{
	cohort *group = enter(RANKS, 0);
	int status = 0;

	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();
		if (pid == 0)
			in_copy(group);
		EXPECT(cohort_barrier(group) == COHORT_OK, "%s",
		       cohort_error());
		EXPECT(waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
		           WEXITSTATUS(status) == 7,
		       "the copy's end: %#x", (unsigned)status);
		EXPECT(cohort_barrier(group) == COHORT_OK, "%s",
		       cohort_error());
	}
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_close_in_copy(void)
{
	in_copy = be_a_copy;
	EXPECT(run(copy_ranks).code == 0, "exit status");
}

static int square(cohort_task *task)
{
	const double *param = cohort_task_param(task);
	double *result = cohort_task_result(task, sizeof(*result));

	if (!result)
		return -1;
	*result = *param * *param;
	return 0;
}

static void expect_squares(const cohort_results *results, size_t expected)
{
	size_t count;
	size_t right = 0;
	const cohort_result *all = cohort_results_all(results, &count);

	for (size_t i = 0; i < count; i++)
		right += all[i].status == COHORT_OK &&
		         *(const double *)all[i].data == (double)(i * i);
	EXPECT(right == expected, "%zu of %zu results", right, expected);
}

/* Wait for a copy that releases everything. */
static void let_a_copy_release(cohort *group, cohort_results *results)
{
	int status = 0;
	const pid_t pid = fork();

	if (pid == 0) {
		cohort_results_free(results);
		EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
		exit(0);
	}
	EXPECT(waitpid(pid, &status, 0) == pid && status == 0,
	       "the copy's end: %#x", (unsigned)status);
}

/* The results lie in memory that the copies share with the rank. */
static void release_results_in_copies(void)
{
	enum { COUNT = 1000 };
	static double params[COUNT];
	const cohort_job job = {.execute = square,
	                        .param_bytes = sizeof(*params)};
	cohort_results *first = NULL;
	cohort_results *second = NULL;

	for (int i = 0; i < COUNT; i++)
		params[i] = i;
	cohort *group = enter(RANKS, 0);
	for (int i = 0; i < 3; i++) {
		EXPECT(cohort_scatter(group, &job, params, COUNT) == COHORT_OK,
		       "%s", cohort_error());
		let_a_copy_release(group, NULL); /* not yet gathered */
		EXPECT(cohort_gather(group, &first) == COHORT_OK, "%s",
		       cohort_error());
		let_a_copy_release(group, first);
		EXPECT(cohort_gather(group, &second) == COHORT_OK, "%s",
		       cohort_error());
		expect_squares(first, COUNT);
		expect_squares(second, COUNT);
		cohort_results_free(first);
		cohort_results_free(second);
	}
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_results_in_copy(void)
{
	EXPECT(run(release_results_in_copies).code == 0, "exit status");
}

void scenario_abort_in_copy(void)
{
	in_copy = abort_in_a_copy;
	EXPECT(run(copy_ranks).code == 0, "exit status");
}
