/* Runs that are killed, at each of their system calls and while they hold the
 * lock. */
#define _POSIX_C_SOURCE 200809L
#include "runner.h"
#include "scenarios.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLED = 128 + SIGKILL, SOME = 6 };

static void write_some_tasks(void)
{
	write_tasks(0, SOME);
}

static void write_the_rest(void)
{
	const int had = atomic_load(&outcome->returned);

	write_tasks((uint64_t)had, TASKS);
}

/* A death at call `at`, and the runs after it. */
static int die_at(enum hook_mode mode, int at, int before)
{
	fresh();
	if (before)
		run(write_some_tasks);
	hooks->mode = mode;
	atomic_store(&hooks->at, at);
	const int code = run(write_the_rest);
	hooks_reset();
	const int returned = atomic_load(&outcome->returned);
	EXPECT(code == 0 || code == KILLED, "call %d: status %d", at, code);
	expect_tasks(returned, "killed at call", at);
	run(write_the_rest);
	EXPECT(outcome->status == COHORT_OK, "after call %d: %s", at,
	       outcome->sentence);
	expect_tasks(TASKS, "completed after call", at);
	return code;
}

void scenario_killed(void)
{
	int deaths = 0;

	for (int before = 0; before < 2; before++)
		for (enum hook_mode mode = KILL_BEFORE; mode <= KILL_AFTER;
		     mode++) {
			int at = 1;
			while (die_at(mode, at, before) == KILLED)
				at++;
			EXPECT(at > 2 * TASKS, "only %d calls", at - 1);
			deaths += at - 1;
		}
	figure("%d deaths, at each system call of a first and of a second "
	       "run; no task that was finished is lost",
	       deaths);
}

/* A child that survives the root holds the lock, unless it has called
 * journal_close. */
static struct journal *held;

static void leave_a_child(void)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	int ends[2];
	char byte;

	EXPECT(journal_open(path, &sweep, &held) == COHORT_OK, "%s",
	       cohort_error());
	EXPECT(pipe(ends) == 0, "pipe");
	if (fork() == 0) {
		close(ends[0]);
		if (atomic_load(&outcome->step) == 1)
			journal_close(held);
		close(ends[1]);
		atomic_store(&outcome->returned, (int)getpid());
		for (;;)
			pause();
	}
	close(ends[1]);
	EXPECT(read(ends[0], &byte, 1) == 0, "the child");
	while (!atomic_load(&outcome->returned))
		nap(1e-3);
	kill(getpid(), SIGKILL);
}

static void hold_beside_a_child(void)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	struct journal *other;
	int status;

	EXPECT(journal_open(path, &sweep, &held) == COHORT_OK, "%s",
	       cohort_error());
	const pid_t pid = fork();
	if (pid == 0) {
		journal_close(held);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	EXPECT(journal_open(path, &sweep, &other) == COHORT_ESTATE,
	       "the child dropped the parent's lock");
	const pid_t idle = fork();
	if (idle == 0)
		for (;;)
			pause();
	journal_close(held);
	EXPECT(journal_open(path, &sweep, &held) == COHORT_OK,
	       "a child kept the lock: %s", cohort_error());
	journal_close(held);
	kill(idle, SIGKILL);
	waitpid(idle, &status, 0);
}

void scenario_inherited_lock(void)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	struct journal *journal;

	EXPECT(run(hold_beside_a_child) == 0, "exit status");
	for (int step = 0; step < 2; step++) {
		fresh();
		atomic_store(&outcome->step, step);
		EXPECT(run(leave_a_child) == KILLED, "exit status");
		cohort_status status = journal_open(path, &sweep, &journal);
		EXPECT(status == (step ? COHORT_OK : COHORT_ESTATE), "%d: %s",
		       step, cohort_error());
		if (status == COHORT_OK)
			journal_close(journal);
		else
			EXPECT(strstr(cohort_error(), "left behind"), "%s",
			       cohort_error());
		kill((pid_t)atomic_load(&outcome->returned), SIGKILL);
	}
}
