/* Ranks that are stopped, and timeouts. */
#define _GNU_SOURCE
#include "calls.h"
#include "hooks.h"
#include "runner.h"
#include "scenarios.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* LARGE elements of 8 bytes do not fit into a socket's buffers. */
enum { RANKS = 4, READY = 1, RETURNED = 2, LARGE = 200000 };

/* Seconds on a quiet machine: all ranks together stay below it in a barrier. */
static const double TIMEOUT = 0.4;

static struct {
	int victim;
	int at; /* its n-th send or recv of data */
	double timeout;
} plan;

static void wait_for_stopped(void)
{
	cohort *group = enter(RANKS, plan.timeout);
	const int rank = cohort_rank(group);
	bool right;

	EXPECT(cohort_barrier(group) == COHORT_OK, "%s", cohort_error());
	reach(rank, READY);
	if (rank == plan.victim && plan.at == 0)
		raise(SIGSTOP);
	if (rank == plan.victim && plan.at > 0) {
		hooks->victim_at = plan.at;
		hooks->victim_bytes = 2; /* the call check sends single ones */
		hooks->victim_signal = SIGSTOP;
		atomic_store(&hooks->victim, (int)getpid());
	}
	/* The ranks that come first time out first. They must not name rank 0,
	 * which waits itself. */
	if (rank == 0 && plan.at > 0)
		nap(0.1);
	shared->slots[rank].began = now();
	keep(rank, plan.at > 0
	               ? collective_make(group, CALL_bcast, LARGE, &right)
	               : cohort_barrier(group));
	reach(rank, RETURNED);
	/* A rank that has its data times out in the next call, after the root. */
	if (plan.at > 0 && plan.victim != 0 && rank != plan.victim)
		await(0, RETURNED);
	if (rank != plan.victim)
		EXPECT(cohort_barrier(group) == COHORT_ETIMEOUT, "the next: %s",
		       cohort_error());
	cohort_close(group);
}

/* How long the first rank had waited when the first one timed out. A rank that
 * came later than the first waits less, since the first one tells it. */
static double shortest_wait(void)
{
	double began = INFINITY;
	double returned = INFINITY;

	for (int r = 0; r < RANKS; r++) {
		const struct slot *slot = &shared->slots[r];
		if (r == plan.victim || slot->status == COHORT_OK)
			continue;
		began = slot->began < began ? slot->began : began;
		returned =
		    slot->returned < returned ? slot->returned : returned;
	}
	return returned - began;
}

/* All ranks but a stopped one time out, and name it. */
static void expect_timeouts(double *latest)
{
	char words[64];

	snprintf(words, sizeof(words), ": rank %d ", plan.victim);
	plan.timeout = TIMEOUT * pace_now();
	start(wait_for_stopped);
	for (int r = 0; r < RANKS; r++)
		if (r != plan.victim)
			await(r, RETURNED);
	for (int r = 0; r < RANKS; r++) {
		const struct slot *slot = &shared->slots[r];
		if (r == plan.victim)
			continue;
		const double took = slot->returned - slot->began - plan.timeout;
		/* It may have had its data before the other stopped. */
		if (plan.at > 0 && slot->status == COHORT_OK)
			continue;
		EXPECT(slot->status == COHORT_ETIMEOUT && said(r, words),
		       "rank %d stopped at %d: rank %d: %d: %s", plan.victim,
		       plan.at, r, slot->status, slot->sentence);
		EXPECT_WITHIN(slot->began, slot->returned, plan.timeout + 0.5,
		              "rank %d timed out late", r);
		*latest = took > *latest ? took : *latest;
	}
	EXPECT(shortest_wait() > 0.95 * plan.timeout,
	       "timed out after %.3f s, before the timeout of %.3f s",
	       shortest_wait(), plan.timeout);
	kill(shared->slots[plan.victim].pid, SIGCONT);
	EXPECT(finish().code == 0, "exit status");
	/* For the stopped one all others have come. */
	const int status = shared->slots[plan.victim].status;
	EXPECT(status == COHORT_ETIMEOUT || status == COHORT_OK,
	       "the stopped one, later: %d", status);
}

void scenario_stopped_before(void)
{
	double latest = 0;

	hooks_reset();
	for (plan.victim = 0; plan.victim < RANKS; plan.victim++)
		expect_timeouts(&latest);
	figure("timeout of %.3f s: told at most %.3f s later (promised: a "
	       "tenth of it)",
	       plan.timeout, latest);
}

void scenario_stopped_inside(void)
{
	double latest = 0;

	setenv("COHORT_TRANSPORT", "socket", 1);
	for (plan.victim = 0; plan.victim < RANKS; plan.victim++) {
		hooks_reset();
		/* One transfer before it has moved what the socket held; there
		 * is more. */
		plan.at = 2;
		expect_timeouts(&latest);
	}
	figure("timeout of %.3f s: told at most %.3f s later (promised: a "
	       "tenth of it)",
	       plan.timeout, latest);
}

static void wait_for_continued(void)
{
	cohort *group = enter(RANKS, plan.timeout);
	const int rank = cohort_rank(group);
	bool right;

	for (int i = 0; i < 3; i++) {
		cohort_status status = cohort_barrier(group);
		EXPECT(status == COHORT_OK, "%s", cohort_error());
		reach(rank, 2 * i + 1);
		if (rank == plan.victim)
			raise(SIGSTOP);
		status = collectives_all(group, 1000, &right);
		EXPECT(status == COHORT_OK && right, "%s", cohort_error());
	}
	cohort_close(group);
}

void scenario_stopped_and_continued(void)
{
	for (plan.victim = 0; plan.victim < RANKS; plan.victim++) {
		plan.timeout = 10 * pace_now();
		start(wait_for_continued);
		for (int i = 0; i < 3; i++) {
			await_all(RANKS, 2 * i + 1);
			await_stopped(shared->slots[plan.victim].pid);
			nap(0.15); /* longer than any rank sleeps at once */
			kill(shared->slots[plan.victim].pid, SIGCONT);
		}
		EXPECT(finish().code == 0, "exit status");
	}
}

/* A rank that never comes back does not keep a program that has given it up
 * from ending. */
void scenario_stopped_then_exit(void)
{
	plan.victim = 1;
	plan.at = 0;
	plan.timeout = TIMEOUT * pace_now();
	start(wait_for_stopped);
	await(0, RETURNED);
	const struct ending ending = finish();
	const double took = ending.all_gone - shared->slots[0].returned;
	EXPECT_WITHIN(shared->slots[0].returned, ending.all_gone, 5, "%s",
	              "the program lives on after its timeout");
	figure("the program ended %.3f s after its timeout", took);
}

static void wait_while_stopped(void)
{
	cohort *group = enter(RANKS, plan.timeout);
	const int rank = cohort_rank(group);

	reach(rank, READY);
	if (rank == 0)
		await(1, RETURNED); /* the driver says so */
	EXPECT(cohort_barrier(group) == COHORT_OK, "rank %d: %s", rank,
	       cohort_error());
	cohort_close(group);
}

/* Ctrl-Z, or whatever else stops all processes: a timeout does not count that
 * time. */
void scenario_stopped_all(void)
{
	plan.timeout = 1.5 * pace_now();
	const pid_t leader = start(wait_while_stopped);

	await_all(RANKS, READY);
	nap(0.1); /* ranks wait, most of them asleep */
	kill(-leader, SIGSTOP);
	await_stopped(leader);
	nap(plan.timeout + 0.5);
	kill(-leader, SIGCONT);
	nap(0.1); /* they look at the clock */
	atomic_store(&shared->slots[1].step, RETURNED);
	EXPECT(finish().code == 0, "exit status");
}
