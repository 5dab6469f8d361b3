/* Ctrl-Z: a rank that is stopped by SIGTSTP stops its isolated task as well. Batch
 * systems and containers stop all processes of a job. Time limits count neither
 * time. */
#define _GNU_SOURCE
#include "cases.h"
#include "sweep.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TASKS = 6, STEPS = 20 };

/* Counts while it runs, for 0.1 s. */
static int count_on(cohort_task *task)
{
	task_begins(task);
	atomic_store(&here.shared->ranks[here.rank].pid, getpid());
	for (int i = 0; i < STEPS; i++) {
		nap(5e-3);
		atomic_fetch_add(&here.shared->ranks[here.rank].used, 1);
	}
	return task_ends(task);
}

static bool is_stopped(pid_t pid)
{
	char name[64];
	char line[512] = "";

	snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
	FILE *file = fopen(name, "re");
	if (!file)
		return false;
	const char *end =
	    fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
	fclose(file);
	return end && end[2] == 'T';
}

static bool await_stop(pid_t pid)
{
	const double end = now() + 5;

	while (!is_stopped(pid) && now() < end)
		nap(1e-3);
	return is_stopped(pid);
}

/* What stops a rank, for longer than a task may take. */
typedef void pause_rank(pid_t rank, double limit);

static void press_ctrl_z(pid_t rank, double limit)
{
	_Atomic int *counted = &here.shared->ranks[here.rank].used;

	kill(rank, SIGTSTP);
	/* The kernel stops no process of an orphaned group. */
	if (await_stop(rank)) {
		nap(0.05);
		const int before = atomic_load(counted);
		nap(limit + 0.2);
		EXPECT(atomic_load(counted) == before,
		       "the task went on: %d, then %d", before,
		       atomic_load(counted));
	}
	kill(rank, SIGCONT);
}

/* Shorter stops than a second may count. */
static void freeze(pid_t rank, double limit)
{
	kill(rank, SIGSTOP);
	await_stop(rank);
	const pid_t task = atomic_load(&here.shared->ranks[here.rank].pid);
	kill(task, SIGSTOP);
	nap(limit + 1.2);
	kill(task, SIGCONT);
	kill(rank, SIGCONT);
}

/* In a process of its own. */
static void suspend(pid_t rank, double limit, pause_rank *pause)
{
	_Atomic int *counted = &here.shared->ranks[here.rank].used;
	const double end = now() + 60; /* detects a hang */

	while (atomic_load(counted) < 3 && now() < end)
		nap(1e-3);
	pause(rank, limit);
	_exit(0);
}

static void expect_in_time(pause_rank *pause)
{
	static const struct failing none = {0};
	const double limit = 0.6 * agreed_pace();
	const pid_t rank = getpid();

	atomic_store(&here.shared->ranks[here.rank].used, 0);
	barrier();
	const pid_t helper = fork();
	if (helper == 0)
		suspend(rank, limit, pause);
	struct gathered gathered =
	    sweep_run((cohort_job){.execute = count_on,
	                           .isolate = true,
	                           .schedule = COHORT_STATIC,
	                           .timeout = limit},
	              TASKS);
	kill(helper, SIGKILL);
	waitpid(helper, NULL, 0);
	sweep_expect(&gathered, TASKS, &none);
}

void case_suspended(void)
{
	if (here.nodes > 1 || !strcmp(cohort_backend(here.group), "mpi"))
		return; /* launchers do as they like */
	expect_in_time(press_ctrl_z);
	expect_in_time(freeze);
}
