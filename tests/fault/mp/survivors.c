/* Rank 0, the monitor or several ranks are killed: no process may be left. */
#define _GNU_SOURCE
#include "calls.h"
#include "hooks.h"
#include "runner.h"
#include "scenarios.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RANKS = 4, OPENED = 1, IN_CALL = 2 };

static struct {
	int victim;
} plan;

static void compute_for_ever(void)
{
	volatile unsigned long work = 0;

	for (;;)
		work++;
}

static void compute(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	reach(rank, OPENED);
	if (rank != 0)
		compute_for_ever();
	keep(rank, cohort_barrier(group));
	_exit(0);
}

void scenario_root_killed_computing(void)
{
	const pid_t root = start(compute);

	await_all(RANKS, OPENED);
	const double begin = now();
	kill(root, SIGKILL);
	const struct ending ending = finish();
	const double took = ending.all_gone - begin;
	EXPECT(ending.code == 128 + SIGKILL, "exit status %d", ending.code);
	EXPECT_WITHIN(begin, ending.all_gone, 0.5, "%s",
	              "peers live on after rank 0");
	figure("all gone %.1f ms after rank 0 was killed (promised: 100 ms)",
	       1e3 * took);
}

void scenario_monitor_killed(void)
{
	start(compute);
	await_all(RANKS, OPENED);
	shared->event = now();
	kill(shared->slots[1].parent, SIGKILL);
	const struct ending ending = finish();
	double slowest = 0;
	expect_told(0,
	            "the monitor process, which watches the peers, was killed, "
	            "and the peers with it: memory may have run out",
	            &slowest);
	figure("rank 0 told after %.1f ms, all gone after %.1f ms",
	       1e3 * slowest, 1e3 * (ending.all_gone - shared->event));
}

static void die_together(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	ranks_barrier(group, OPENED);
	if (rank == plan.victim || rank == RANKS - 1) {
		reach(rank, IN_CALL);
		await(plan.victim, IN_CALL);
		await(RANKS - 1, IN_CALL);
		shared->event = now();
		raise(SIGKILL);
	}
	keep(rank, cohort_barrier(group));
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_two_deaths(void)
{
	double slowest = 0;

	for (plan.victim = 0; plan.victim < RANKS - 1; plan.victim++) {
		const struct ending ending = run(die_together);
		EXPECT(ending.code == 128 + SIGKILL, "exit status %d",
		       ending.code);
		for (int r = 0; r < RANKS - 1 && plan.victim != 0; r++) {
			char cause[64];
			const int named =
			    said(r, "rank 3 was") ? 3 : plan.victim;
			snprintf(cause, sizeof(cause),
			         "rank %d was killed by signal 9", named);
			if (r != plan.victim)
				expect_told(r, cause, &slowest);
		}
	}
	figure("told within %.1f ms (promised: 100 ms)", 1e3 * slowest);
}

/* Rank 1 notices that its own timeout has passed, and dies with the word half
 * spoken. */
static void die_reporting(void)
{
	cohort *first = enter(RANKS, 0);
	const int rank = cohort_rank(first);
	const cohort_options options = {.timeout = rank == 1 ? 0.2 : 0};
	cohort *group = NULL;

	EXPECT(cohort_open(&options, &group) == COHORT_OK, "%s",
	       cohort_error());
	if (rank == 1)
		atomic_store(&hooks->reporter, (int)getpid());
	if (rank == 2)
		await(0, IN_CALL);
	keep(rank, cohort_barrier(group));
	reach(rank, IN_CALL);
	cohort_close(group);
	cohort_close(first);
}

void scenario_death_while_reporting(void)
{
	double slowest = 0;

	hooks_reset();
	const struct ending ending = run(die_reporting);
	EXPECT(ending.code == 128 + SIGKILL, "exit status %d", ending.code);
	expect_told(0, "", &slowest);
	expect_told(3, "", &slowest);
	figure("told within %.1f ms (promised: 100 ms): %s", 1e3 * slowest,
	       shared->slots[0].sentence);
}

static pid_t leave_grandchild(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

static void leave_grandchild_and_die(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	ranks_barrier(group, OPENED);
	if (rank == plan.victim) {
		shared->slots[RANKS].pid = leave_grandchild();
		shared->event = now();
		raise(SIGKILL);
	}
	keep(rank, cohort_barrier(group));
	reach(rank, IN_CALL);
	cohort_close(group);
}

/* The monitor is the last to go; it becomes the driver's child. */
static double monitor_gone(pid_t monitor)
{
	const double end = now() + 60; /* detects a hang */
	pid_t got;

	while ((got = waitpid(monitor, NULL, WNOHANG | __WALL)) != monitor &&
	       now() < end)
		nap(1e-4);
	EXPECT(got == monitor, "the monitor is still there");
	return now();
}

void scenario_grandchildren(void)
{
	double slowest = 0;
	double gone = 0;

	for (plan.victim = 0; plan.victim < RANKS; plan.victim++) {
		char cause[64];
		start(leave_grandchild_and_die);
		if (plan.victim == 0) {
			while (shared->event == 0)
				nap(1e-4);
			gone = monitor_gone(shared->slots[1].parent) -
			       shared->event;
		}
		snprintf(cause, sizeof(cause), "rank %d was killed",
		         plan.victim);
		for (int r = 0; r < RANKS && plan.victim != 0; r++) {
			if (r == plan.victim)
				continue;
			await(r, IN_CALL);
			expect_told(r, cause, &slowest);
		}
		kill(shared->slots[RANKS].pid, SIGKILL);
		EXPECT(finish().code == 128 + SIGKILL, "exit status");
	}
	EXPECT(gone < 0.5, "all gone %.3f s after rank 0", gone);
	figure("told within %.1f ms, all gone %.1f ms after rank 0 (promised: "
	       "100 ms)",
	       1e3 * slowest, 1e3 * gone);
}

static void count_signal(int number)
{
	(void)number;
	atomic_fetch_add(&shared->strays, 1);
}

static void write_to_the_dead(void)
{
	bool right;

	signal(SIGPIPE, count_signal);
	setenv("COHORT_TRANSPORT", "socket", 1);
	cohort *group = enter(RANKS, 0);
	ranks_barrier(group, OPENED);
	if (cohort_rank(group) == 1) {
		hooks->victim_at = plan.victim;
		hooks->victim_signal = SIGKILL;
		atomic_store(&hooks->victim, (int)getpid());
	}
	keep(cohort_rank(group),
	     collective_make(group, CALL_bcast, 100000, &right));
	cohort_close(group);
}

void scenario_no_sigpipe(void)
{
	int told = 0;

	for (plan.victim = 1; plan.victim < 20; plan.victim++) {
		hooks_reset();
		run(write_to_the_dead);
		if (atomic_load(&hooks->victim_count) < plan.victim)
			break;
		told += shared->slots[0].status == COHORT_EPEER;
		EXPECT(atomic_load(&shared->strays) == 0, "SIGPIPE was raised");
	}
	EXPECT(told > 1, "rank 0 was told %d times", told);
}
