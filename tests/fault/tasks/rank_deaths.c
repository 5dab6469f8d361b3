/* In a program of its own, on 3 ranks of mp: tasks that are not isolated end their
 * ranks, and the others finish the sweep. */
#define _GNU_SOURCE
#include "cases.h"
#include "sweep.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The static schedule gives rank 1 the tasks from 8 to 15. It leaves some. */
enum { TASKS = 24, FATAL = 10, SHARE_END = 16 };

static enum {
	ONE_DIES,
	TWO_DIE,
	IS_STOPPED,
	SCRIBBLES,
	IS_RETRIED,
	IS_RETRIED_IN_VAIN
} plan;

static bool has_retries(void)
{
	return plan == IS_RETRIED || plan == IS_RETRIED_IN_VAIN;
}

/* The first rank that runs a task that rank 1 has left waits for the other one,
 * which does what the plan says. `note` is the task + 1 in which it did. */
static void act_in_second_pass(size_t index)
{
	const int actor = plan == TWO_DIE ? 2 : 0;

	while (here.rank != actor && !here.shared->note)
		nap(1e-3);
	if (here.rank != actor)
		return;
	here.shared->note = (int)index + 1;
	raise(plan == TWO_DIE ? SIGKILL : SIGTERM);
}

/* The isolated task writes over the result before its own, and then ends its
 * rank, which cannot check what the others take over. */
static void scribble(cohort_task *task)
{
	unsigned char *result = cohort_task_result(task, 8);

	memset(result - 100, 0x5a, 24);
	kill(getppid(), SIGKILL);
	for (;;)
		pause();
}

/* The first attempt ends its rank, which is rank 1. */
static void end_first_rank(const cohort_task *task)
{
	const int attempt = cohort_task_attempt(task);

	EXPECT(attempt == here.shared->began[FATAL] - 1,
	       "attempt %d, begun %d times", attempt,
	       here.shared->began[FATAL]);
	if (attempt == 0) {
		kill(getppid(), SIGKILL);
		for (;;)
			pause();
	}
	if (plan == IS_RETRIED_IN_VAIN)
		_exit(12);
}

static int execute(cohort_task *task)
{
	const size_t index = cohort_task_index(task);

	/* The task whose result is destroyed, and no other one, runs again. */
	if (plan != SCRIBBLES || index != FATAL - 1 || here.rank == 1)
		task_begins(task);
	if (index == FATAL && has_retries())
		end_first_rank(task);
	else if (index == FATAL && here.rank == 1) {
		(void)cohort_task_seed(task);
		if (plan == SCRIBBLES)
			scribble(task);
		raise(SIGKILL);
	}
	if (index > FATAL && index < SHARE_END &&
	    (plan == TWO_DIE || plan == IS_STOPPED))
		act_in_second_pass(index);
	return task_ends(task);
}

static cohort_job job_with(const char *journal)
{
	return (cohort_job){.execute = execute,
	                    .param_bytes = sizeof(uint64_t),
	                    .schedule = COHORT_STATIC,
	                    .isolate = plan == SCRIBBLES || has_retries(),
	                    .retries = has_retries(),
	                    .journal = journal};
}

static void expect_victim(const cohort_result *result, int rank)
{
	char words[64];

	snprintf(words, sizeof(words), "rank %d was killed by signal 9", rank);
	EXPECT(result->status == COHORT_ETASK && result->rank == rank &&
	           strstr(result->error, words),
	       "task %zu: rank %d: %s: %s", result->index, result->rank,
	       cohort_status_name(result->status), result->error);
}

/* Returns how many tasks were not run. */
static int expect_stopped(struct gathered *gathered)
{
	int left = 0;

	for (size_t i = 0; i < gathered->count; i++)
		left += gathered->all[i].status == COHORT_ESTOPPED;
	EXPECT(left > 0 && left < SHARE_END - FATAL, "%d tasks are left", left);
	sweep_free(gathered);
	return left;
}

static void expect_finished(struct gathered *gathered, size_t also)
{
	static const struct failing failing = {TASKS, FATAL, "signal 9", 1};

	for (size_t i = 0; i < gathered->count; i++)
		if (i == also)
			expect_victim(&gathered->all[i], 2);
		else
			sweep_expect_result(gathered, i, &failing);
	sweep_free(gathered);
}

/* The second attempt counts both. */
static void expect_retried(struct gathered *gathered)
{
	static const struct failing in_vain = {TASKS, FATAL, "status 12", 2};
	const cohort_result *retried = &gathered->all[FATAL];

	for (size_t i = 0; i < gathered->count; i++)
		if (i != FATAL || plan == IS_RETRIED_IN_VAIN)
			sweep_expect_result(gathered, i, &in_vain);
	EXPECT(retried->attempts == 2 && retried->rank != 1 &&
	           here.shared->began[FATAL] == 2,
	       "%d attempts, the last on rank %d, begun %d times",
	       retried->attempts, retried->rank, here.shared->began[FATAL]);
	EXPECT(plan == IS_RETRIED_IN_VAIN || retried->status == COHORT_OK,
	       "%s: %s", cohort_status_name(retried->status), retried->error);
	sweep_free(gathered);
}

void outlive(const char *deaths, const char *journal)
{
	struct gathered gathered;

	plan = !strcmp(deaths, "two")         ? TWO_DIE
	       : !strcmp(deaths, "retried")   ? IS_RETRIED
	       : !strcmp(deaths, "in_vain")   ? IS_RETRIED_IN_VAIN
	       : !strcmp(deaths, "stopped")   ? IS_STOPPED
	       : !strcmp(deaths, "scribbles") ? SCRIBBLES
	                                      : ONE_DIES;
	const cohort_job job = job_with(journal);
	if (plan == IS_STOPPED)
		MUST(cohort_stop_on_signals(here.group));
	cohort_status status =
	    cohort_scatter(here.group, &job, sweep_params(), TASKS);
	EXPECT(status == COHORT_EPEER &&
	           strstr(cohort_error(), "rank 1 was killed by signal 9"),
	       "%s: %s", cohort_status_name(status), cohort_error());
	gathered = sweep_gather();
	if (!EXPECT(gathered.count == TASKS, "%zu results", gathered.count))
		return;
	if (!has_retries())
		expect_victim(&gathered.all[FATAL], 1);
	int left = 0;
	if (plan == IS_STOPPED)
		left = expect_stopped(&gathered);
	else if (has_retries())
		expect_retried(&gathered);
	else
		expect_finished(&gathered, plan == TWO_DIE
		                               ? (size_t)here.shared->note - 1
		                               : TASKS);
	printf("rank %d outlives: left: %d\n", here.rank, left);
	fflush(stdout);
}

/* The journal has the results of all other tasks, failed ones included. Here the
 * program is one rank, so the ranks in the results are those of the first run. */
void resume_outlived(const char *journal, int left)
{
	struct gathered gathered = sweep_run(job_with(journal), TASKS);
	int begun = 0;
	int failed = 0;

	for (size_t i = 0; i < gathered.count; i++) {
		begun += here.shared->began[i];
		failed += gathered.all[i].status == COHORT_ETASK;
		EXPECT(gathered.all[i].status == COHORT_OK ||
		           gathered.all[i].status == COHORT_ETASK,
		       "task %zu: %s", i, gathered.all[i].error);
	}
	EXPECT(gathered.count == TASKS, "%zu results", gathered.count);
	EXPECT(begun == left, "%d tasks are run, not %d", begun, left);
	EXPECT(failed == 1, "%d tasks have failed", failed);
	expect_victim(&gathered.all[FATAL], 1);
	sweep_free(&gathered);

	/* Of all tasks the victim's has asked for its seed. */
	cohort_job job = job_with(journal);
	job.seed = 9;
	gathered = sweep_run(job, TASKS);
	begun = 0;
	for (size_t i = 0; i < TASKS; i++)
		begun += here.shared->began[i];
	EXPECT(begun == 1 && here.shared->began[FATAL] == 1,
	       "%d tasks are run with another seed", begun);
	sweep_free(&gathered);
}

enum { ALONE = 12 };

static const struct failing terminated = {ALONE, 4, "signal 15", 1};

static int end_like_a_job(cohort_task *task)
{
	task_begins(task);
	if (failing_has(&terminated, cohort_task_index(task))) {
		task_dies();
		here.shared->note = here.rank + 1;
		raise(SIGTERM);
	}
	return task_ends(task);
}

/* Only the child ends as if the whole job were ended. Its rank lives on for half a
 * second, and then the failure is the task's. */
void case_terminated(void)
{
	const double begin = now();
	struct gathered gathered = sweep_run(
	    (cohort_job){.execute = end_like_a_job, .isolate = true}, ALONE);

	EXPECT(now() - begin >= 0.5, "kept after %.3f s", now() - begin);
	sweep_expect(&gathered, ALONE, &terminated);
}

enum { MANY = 600, KILLED = 4 };

static const struct failing killed = {MANY, KILLED, "signal 15", 1};

static int work_until_told(cohort_task *task)
{
	task_begins(task);
	if (failing_has(&killed, cohort_task_index(task))) {
		task_dies();
		raise(SIGTERM);
	}
	if (!here.shared->note)
		nap(0.02);
	return task_ends(task);
}

/* `note` is the number of tasks that had begun when the failure came. */
static int note_failure(void *arg, const cohort_result *result)
{
	int begun = 0;

	(void)arg;
	if (result->index != KILLED)
		return 0;
	for (size_t i = 0; i < MANY; i++)
		begun += here.shared->began[i];
	here.shared->note = begun;
	return 0;
}

/* The failure comes when its half second is over, and not at the end: the
 * others take seconds, unless it comes. */
void case_terminated_early(void)
{
	struct gathered gathered =
	    sweep_run((cohort_job){.execute = work_until_told,
	                           .on_result = note_failure,
	                           .ordered = true,
	                           .isolate = true},
	              MANY);

	EXPECT(here.shared->note > 0 && here.shared->note < MANY,
	       "%d of %d tasks had begun when the failure came",
	       here.shared->note, MANY);
	figure("%d of %d tasks had begun when the failure came",
	       here.shared->note, MANY);
	sweep_expect(&gathered, MANY, &killed);
}
