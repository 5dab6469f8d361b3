/* Programs that have children of their own, ignore them, or get Ctrl-C. */
#define _GNU_SOURCE
#include "calls.h"
#include "runner.h"
#include "scenarios.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RANKS = 4, READY = 1, STATUS = 9 };

static int plan; /* which of the scenario's cases */

static void expect_all_well(cohort *group)
{
	bool right = false;
	cohort_status status = collectives_all(group, 1000, &right);

	EXPECT(status == COHORT_OK && right, "%s", cohort_error());
}

/* With SIGCHLD ignored: all is well, and a death is seen. */
static void ignore_children(void)
{
	signal(SIGCHLD, SIG_IGN);
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	expect_all_well(group);
	ranks_barrier(group, READY);
	if (rank == plan) {
		shared->event = now();
		raise(SIGKILL);
	}
	cohort_status status = cohort_barrier(group);
	keep(rank, status);
	EXPECT(signal(SIGCHLD, SIG_DFL) == SIG_IGN,
	       "rank %d: SIGCHLD is not ignored any more", rank);
	cohort_close(group);
}

void scenario_sigchld_ignored(void)
{
	double slowest = 0;

	/* At last, without a death. */
	for (plan = 0; plan <= RANKS; plan++) {
		const struct ending ending = run(ignore_children);
		const cohort_status wanted =
		    plan == RANKS ? COHORT_OK : COHORT_EPEER;
		EXPECT(ending.code == (plan == RANKS ? 0 : 128 + SIGKILL),
		       "rank %d: exit status %d", plan, ending.code);
		for (int r = 0; r < RANKS && plan != 0; r++) {
			const struct slot *slot = &shared->slots[r];
			const double took = slot->returned - shared->event;
			if (r == plan)
				continue;
			EXPECT(slot->status == (int)wanted &&
			           (plan == RANKS || said(r, "signal 9")),
			       "rank %d: %d: %s", r, slot->status,
			       slot->sentence);
			if (plan == RANKS)
				continue;
			EXPECT_WITHIN(shared->event, slot->returned, 0.5,
			              "rank %d was told late", r);
			slowest = took > slowest ? took : slowest;
		}
	}
	figure("told within %.1f ms (promised: 100 ms)", 1e3 * slowest);
}

static void wait_for_all_children(void)
{
	while (wait(NULL) > 0)
		;
	EXPECT(errno == ECHILD, "wait: %s", strerror(errno));
}

static void wait_between(void)
{
	cohort *group = enter(RANKS, 0);

	for (int i = 0; i < 10; i++) {
		expect_all_well(group);
		wait_for_all_children();
	}
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
	wait_for_all_children();
}

void scenario_wait_for_any_child(void)
{
	EXPECT(run(wait_between).code == 0, "exit status");
}

static void have_children(void)
{
	int status = 0;
	const pid_t before = fork();

	if (before == 0)
		_exit(STATUS);
	cohort *group = enter(RANKS, 0);
	expect_all_well(group);
	if (cohort_is_root(group))
		EXPECT(waitpid(before, &status, 0) == before &&
		           WEXITSTATUS(status) == STATUS,
		       "the child from before: %s", strerror(errno));
	const pid_t child = fork();
	if (child == 0)
		_exit(STATUS + cohort_rank(group));
	expect_all_well(group);
	EXPECT(waitpid(child, &status, 0) == child &&
	           WEXITSTATUS(status) == STATUS + cohort_rank(group),
	       "the child: %s", strerror(errno));
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_own_children(void)
{
	EXPECT(run(have_children).code == 0, "exit status");
}

static void work_until_interrupted(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	expect_all_well(group);
	reach(rank, READY);
	while (plan == rank)
		pause();
	while (plan != rank)
		expect_all_well(group);
}

/* In a call, or with rank `plan` outside. */
void scenario_ctrl_c(void)
{
	double slowest = 0;

	for (plan = -1; plan < RANKS; plan++) {
		const pid_t root = start(work_until_interrupted);
		await_all(RANKS, READY);
		const double begin = now();
		kill(-root, SIGINT);
		const struct ending ending = finish();
		const double took = ending.all_gone - begin;
		EXPECT(ending.code == 130, "exit status %d", ending.code);
		EXPECT_WITHIN(begin, ending.all_gone, 0.5, "%s",
		              "processes live on after SIGINT");
		slowest = took > slowest ? took : slowest;
	}
	figure("all gone within %.1f ms", 1e3 * slowest);
}

static void open_and_pause(void)
{
	reach(0, READY);
	enter(RANKS, 0);
	for (;;)
		pause();
}

void scenario_ctrl_c_while_starting(void)
{
	for (plan = 0; plan < 60; plan++) {
		const pid_t root = start(open_and_pause);
		await(0, READY);
		nap(plan * 1e-4);
		kill(-root, SIGINT);
		const int code = finish().code;
		EXPECT(code == 130, "exit status %d", code);
	}
}
