/*
 * A sweep that is stopped by signals, from cases.sh or from the program itself.
 *
 *   stop_ranks CASE FOLDER
 *
 * The first tasks end at once. Each later task writes the number of its process to
 * a file in the folder, and ends when a signal has come. Every rank checks its
 * results and prints failures. The exit status is 128 + the signal if all is
 * right. With STOP_STATUS it is 0, since a launcher of MPI jobs may kill all ranks
 * when one has another status.
 */
#define _GNU_SOURCE
#include "calls.h"
#include "clock.h"
#include "ended.h"
#include "stopped_sweep.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* PATIENCE_S detects a hang, and bounds nothing. */
enum { WRONG = 99 };

static int wait_in_task(cohort_task *task)
{
	if (cohort_task_index(task) >= FAST) {
		leave_word("running", *(long *)cohort_task_state(task));
		if (!await_stop())
			return cohort_task_fail(task, "nobody stopped it");
	}
	return finish_task(task);
}

/* Only SIGKILL ends it. */
static int ignore_in_task(cohort_task *task)
{
	if (cohort_task_index(task) >= FAST) {
		signal(SIGTERM, SIG_IGN);
		leave_word("running", *(long *)cohort_task_state(task));
		for (const double end = now() + PATIENCE_S; now() < end;)
			nap(1e-3);
		return cohort_task_fail(task, "nobody killed it");
	}
	return finish_task(task);
}

/* Writes a file when it has seen the signal, and goes on. */
static int linger_in_task(cohort_task *task)
{
	leave_word("running", *(long *)cohort_task_state(task));
	leave_word("stopped", await_stop());
	for (const double end = now() + PATIENCE_S; now() < end;)
		nap(1e-3);
	return cohort_task_fail(task, "nobody ended it");
}

/* Twice, as coreutils' timeout does it; and one that is ignored before. Later tasks
 * wait for it: other ranks could run them all before this one goes on. */
static int raise_in_task(cohort_task *task)
{
	if (cohort_task_index(task) > FAST && !await_stop())
		return cohort_task_fail(task, "nobody stopped it");
	if (cohort_task_index(task) == FAST) {
		nap(5e-3);
		raise(SIGINT);
		if (cohort_stop_signal(group))
			return cohort_task_fail(task, "SIGINT is not ignored");
		raise(SIGTERM);
		raise(SIGTERM);
	}
	return finish_task(task);
}

static int default_in_task(cohort_task *task)
{
	struct sigaction action;

	sigaction(SIGTERM, NULL, &action);
	if (action.sa_handler != SIG_DFL)
		return cohort_task_fail(task, "SIGTERM has a handler");
	return wait_in_task(task);
}

/* A stopped sweep, and that there is no other after it. */
static int expect_stopped(int (*execute)(cohort_task *), size_t least,
                          size_t most)
{
	EXPECT(cohort_stop_signal(group) == 0);
	EXPECT(cohort_stop_on_signals(group) == COHORT_OK);
	EXPECT(sweep(execute) == COHORT_ESTOPPED);
	const int signal = cohort_stop_signal(group);
	EXPECT(signal == SIGINT || signal == SIGTERM);
	EXPECT(strstr(cohort_error(), "stopped the sweep"));
	expect_results(signal, least, most);
	EXPECT(sweep(do_nothing) == COHORT_ESTOPPED);
	expect_results(signal, 0, 0);
	return signal;
}

static int case_wait(void)
{
	return expect_stopped(wait_in_task, FAST,
	                      FAST + (size_t)cohort_size(group));
}

static int case_default(void)
{
	return expect_stopped(default_in_task, FAST,
	                      FAST + (size_t)cohort_size(group));
}

static int case_ignore(void)
{
	return expect_stopped(ignore_in_task, FAST, FAST);
}

static int case_linger(void)
{
	return expect_stopped(linger_in_task, 0, 0);
}

static int case_raise(void)
{
	struct sigaction action;

	signal(SIGINT, SIG_IGN);
	const int got = expect_stopped(raise_in_task, FAST, TASKS - 1);
	sigaction(SIGINT, NULL, &action);
	EXPECT(action.sa_handler == SIG_IGN);
	return got;
}

/* Only the root has called cohort_stop_on_signals. */
static int case_root_asks(void)
{
	if (cohort_is_root(group))
		EXPECT(cohort_stop_on_signals(group) == COHORT_OK);
	EXPECT(sweep(wait_in_task) == COHORT_ESTOPPED);
	const int signal = cohort_stop_signal(group);
	expect_results(signal, FAST, FAST + (size_t)cohort_size(group));
	return signal;
}

#define CASE(name)                 \
	{                          \
#name, case_##name \
	}
static const struct {
	const char *name;
	int (*run)(void);
} cases[] = {
    CASE(wait),  CASE(default),   CASE(ignore), CASE(linger),
    CASE(raise), CASE(root_asks), CASE(calls),  CASE(ended),
};

static void expect_default(int number)
{
	struct sigaction action;

	sigaction(number, NULL, &action);
	EXPECT(action.sa_handler == SIG_DFL);
}

int main(int argc, char *argv[])
{
	int got = 0;
	bool found = false;

	if (argc < 3)
		return WRONG;
	folder = argv[2];
	/* A shell has its background jobs ignore it. */
	signal(SIGINT, SIG_DFL);
	if (cohort_open(NULL, &group) != COHORT_OK) {
		wrong("cohort_open");
		return WRONG;
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (strcmp(cases[i].name, argv[1]))
			continue;
		found = true;
		got = cases[i].run();
	}
	EXPECT(found);
	const bool opened = group != NULL;
	EXPECT(cohort_close(group) == COHORT_OK);
	if (opened && !strcmp(argv[1], "wait")) {
		expect_default(SIGINT);
		expect_default(SIGTERM);
	}
	if (wrong_count())
		return WRONG;
	puts("all is right");
	return getenv("STOP_STATUS") ? 0 : 128 + got;
}
