/*
 * Ranks meet, and one of them dies, aborts or is interrupted: between calls, or in a
 * sweep. Without `acts` nobody does, so that what the journals lack is done.
 */
#define _GNU_SOURCE /* kill */
#include "target_endings.h"

#include "settings.h"
#include "target_report.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* With equal parts it is rank 1 that runs the task, after some others. */
enum { ENDING_RANK = 1, ENDING_TASK = 9 };

/* Of this process: its group, and how its world ends. */
static struct {
	cohort *group;
	void (*act)(void);   /* NULL: not at all */
	cohort_status ended; /* of the others' calls then */
	const char *journal;
	bool isolate;
	int rank;
} world;

static void die(void)
{
	mine->finished = 1;
	kill(getpid(), SIGKILL);
}

static void interrupt(void)
{
	cohort_interrupt(world.group);
}

static void abort_all(void)
{
	cohort_abort(world.group, ABORT_STATUS);
}

/* Whether the status is that of a world which has ended so; another failure is
 * reported. */
static bool expect(const char *call, cohort_status status)
{
	return (world.act && status == world.ended) || ok(call, status);
}

static cohort *open_world(bool scoped)
{
	const cohort_options options = {.scoped = scoped};
	const pid_t caller = getpid();
	cohort *group;
	const cohort_status status = cohort_open(&options, &group);

	if (status != COHORT_OK) {
		report_unopened(caller, status);
		if (getpid() != caller)
			_exit(0);
		return NULL;
	}
	mine = &verdict->ranks[cohort_rank(group)];
	mine->opened = 1;
	world.group = group;
	world.rank = cohort_rank(group);
	return group;
}

/* Peers of a scoped group do not return. */
static void close_world(cohort *group)
{
	mine->finished = 1;
	expect("close", cohort_close(group));
}

static int execute_ending(cohort_task *task)
{
	if (world.act && world.rank == ENDING_RANK &&
	    cohort_task_index(task) == ENDING_TASK)
		world.act();
	return execute(task);
}

static bool is_of_dead(const cohort_result *result)
{
	return result->status == COHORT_ETASK &&
	       strstr(result->error, "killed by signal 9");
}

/* All tasks were run, but for the one in which a rank has died; the journal keeps
 * that, too. */
static void gather_all(cohort *group, bool has_died)
{
	cohort_results *results;
	size_t count;
	int dead = 0;

	if (!ok("gather", cohort_gather(group, &results)))
		return;
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		if (is_of_dead(&all[i]))
			dead++;
		else
			check_result(&all[i], i);
	if (count != TASKS || (has_died && dead != 1))
		wrong("ending: %zu results, %d of a dead rank", count, dead);
	cohort_results_free(results);
}

static void sweep(cohort *group)
{
	const cohort_job job = {
	    .execute = execute_ending,
	    .param_bytes = sizeof(int),
	    .schedule = COHORT_STATIC,
	    .journal = world.journal,
	    .isolate = world.isolate,
	    .not_isolated = !world.isolate,
	};
	int params[TASKS];

	for (int i = 0; i < TASKS; i++)
		params[i] = i;
	const cohort_status status = cohort_scatter(group, &job, params, TASKS);
	if (world.act == abort_all && status == COHORT_OK)
		wrong("abort: the sweep went on");
	if (expect("scatter", status) &&
	    (status == COHORT_OK || world.act == die))
		gather_all(group, status == COHORT_EPEER);
}

/* Between two barriers. Another rank may be ahead of this one in the first. */
static void run_between(int rank)
{
	cohort *group = open_world(true);

	if (!group)
		return;
	const cohort_status met = cohort_barrier(group);
	expect("barrier", met);
	if (met == COHORT_OK && world.act && cohort_rank(group) == rank)
		world.act();
	expect("barrier", cohort_barrier(group));
	close_world(group);
}

static void run_in_sweep(const char *journal)
{
	cohort *group = open_world(true);

	if (!group)
		return;
	world.journal = journal;
	sweep(group);
	close_world(group);
}

void run_endings(bool journals, bool acts)
{
	world.act = acts ? die : NULL;
	world.ended = COHORT_EPEER;
	run_between(1);
	run_in_sweep(journals ? "own" : NULL);
	world.act = acts ? interrupt : NULL;
	world.ended = COHORT_EINTERRUPTED;
	run_between(0);
	run_in_sweep(journals ? "own2" : NULL);
}

bool run_ending(const char *name, bool journals, bool acts)
{
	if (!strncmp(name, "abort", 5))
		world.act = abort_all;
	else if (!strcmp(name, "death"))
		world.act = die;
	else if (!strcmp(name, "interrupt"))
		world.act = interrupt;
	else
		return false;
	world.ended = world.act == interrupt ? COHORT_EINTERRUPTED : COHORT_OK;
	world.act = acts ? world.act : NULL;
	world.isolate = !strcmp(name, "abort-isolated");
	world.journal = journals ? "own" : NULL;
	cohort *group = open_world(false);
	if (!group)
		return true;
	sweep(group);
	close_world(group);
	return true;
}
