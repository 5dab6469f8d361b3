/*
 * A rank that is killed or stopped in the middle of a transfer that goes several
 * times round the rings: of shared memory, with more ranks than cores, and with
 * as many cores as ranks, pretended if need be.
 */
#define _GNU_SOURCE
#include "cores.h"
#include "large_transfer.h"
#include "runner.h"
#include "scenarios.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

enum { READY = 1, TOLD = 2 };

/* Seconds on a quiet machine, on which the transfer takes a tenth of them. */
static const double TIMEOUT = 0.3;

static struct {
	const struct large_kind *kind;
	size_t cores;
	int victim;
	double part; /* of the time that the call takes undisturbed */
	int signal;
	double timeout;
} plan;

static struct {
	int told; /* ranks that were */
	double slowest;
} figures;

static volatile sig_atomic_t struck;

static void strike(int number)
{
	(void)number;
	shared->event = now();
	raise(plan.signal);
	struck = 1;
}

static void strike_after(double seconds)
{
	const long us = (long)(1e6 * seconds) + 1;
	const struct itimerval timer = {{0, 0}, {us / 1000000, us % 1000000}};

	setitimer(ITIMER_REAL, &timer, NULL);
}

/* How long it takes undisturbed. */
static double move_timed(struct large_transfer *t)
{
	EXPECT(cohort_barrier(t->group) == COHORT_OK, "%s", cohort_error());
	const double begin = now();
	EXPECT(plan.kind->move(t) == COHORT_OK, "%s", cohort_error());
	const double took = now() - begin;
	EXPECT(plan.kind->arrived(t), "wrong data");
	large_clear(t);
	return took;
}

static void move_disturbed(void)
{
	struct large_transfer t;

	cores_pretend(plan.cores);
	t = large_prepare(plan.timeout);
	move_timed(&t); /* its memory is new */
	const double took = move_timed(&t);
	signal(SIGALRM, strike);
	EXPECT(cohort_barrier(t.group) == COHORT_OK, "%s", cohort_error());
	ranks_barrier(t.group, READY);
	if (t.rank == plan.victim)
		strike_after(plan.part * took);
	shared->slots[t.rank].began = now();
	cohort_status status = plan.kind->move(&t);
	keep(t.rank, status);
	shared->slots[t.rank].right =
	    status != COHORT_OK || plan.kind->arrived(&t);
	/* If it was through sooner than that. */
	while (t.rank == plan.victim && !struck)
		nap(1e-4);
	/* The next at the latest fails. */
	const cohort_status next = cohort_barrier(t.group);
	EXPECT(
	    next == (plan.signal == SIGKILL ? COHORT_EPEER : COHORT_ETIMEOUT) ||
	        t.rank == plan.victim,
	    "the next: %s", cohort_error());
	reach(t.rank, TOLD);
	EXPECT(cohort_close(t.group) == COHORT_OK, "%s", cohort_error());
	large_free(&t);
}

/* A rank was told, or was through with its part of the call before. */
static void expect_told_or_done(int rank, cohort_status wanted,
                                const char *words, double since, double most)
{
	const struct slot *slot = &shared->slots[rank];
	const double took = slot->returned - since;

	EXPECT(slot->right, "%s: rank %d has COHORT_OK and wrong data",
	       plan.kind->name, rank);
	if (slot->status == COHORT_OK)
		return;
	EXPECT(slot->status == (int)wanted && said(rank, words),
	       "%s, %zu cores, rank %d at %g: rank %d: status %d: %s",
	       plan.kind->name, plan.cores, plan.victim, plan.part, rank,
	       slot->status, slot->sentence);
	EXPECT_WITHIN(since, slot->returned, most, "%s: rank %d was told late",
	              plan.kind->name, rank);
	figures.told++;
	figures.slowest = took > figures.slowest ? took : figures.slowest;
}

static void kill_once(void)
{
	char words[64];
	const struct ending ending = run(move_disturbed);

	snprintf(words, sizeof(words), "rank %d was killed by signal 9",
	         plan.victim);
	EXPECT(ending.code == 128 + SIGKILL, "%s: exit status %d",
	       plan.kind->name, ending.code);
	if (plan.victim == 0)
		EXPECT_WITHIN(shared->event, ending.all_gone, 0.5,
		              "%s: processes live on", plan.kind->name);
	for (int r = 0; r < LARGE_RANKS && plan.victim != 0; r++)
		if (r != plan.victim)
			expect_told_or_done(r, COHORT_EPEER, words,
			                    shared->event, 0.5);
}

static void stop_once(void)
{
	char words[64];
	double began = INFINITY;
	double returned = INFINITY;

	/* The stopped rank alone, or with those that wait for it. */
	snprintf(words, sizeof(words), ": rank %d ", plan.victim);
	plan.timeout = TIMEOUT * pace_now();
	start(move_disturbed);
	for (int r = 0; r < LARGE_RANKS; r++)
		if (r != plan.victim)
			await(r, TOLD);
	for (int r = 0; r < LARGE_RANKS; r++) {
		const struct slot *slot = &shared->slots[r];
		if (r == plan.victim)
			continue;
		expect_told_or_done(r, COHORT_ETIMEOUT, words, slot->began,
		                    plan.timeout + 0.5);
		if (slot->status != COHORT_OK) {
			began = fmin(began, slot->began);
			returned = fmin(returned, slot->returned);
		}
	}
	/* The first rank waits for all of its timeout, and tells the others. */
	EXPECT(returned == INFINITY || returned - began > 0.7 * plan.timeout,
	       "%s: timed out after %.3f s of %.3f s", plan.kind->name,
	       returned - began, plan.timeout);
	await_stopped(shared->slots[plan.victim].pid);
	kill(shared->slots[plan.victim].pid, SIGCONT);
	EXPECT(finish().code == 0, "%s: exit status", plan.kind->name);
}

/* Crowded, and fitting. */
static const size_t places[] = {1, LARGE_RANKS};

static void kill_in(enum large which)
{
	static const double parts[] = {0.4, 0.1, 0.8};
	/* Filling and comparing take long under the sanitizers. */
	const size_t moments = SANITIZED ? 1 : sizeof(parts) / sizeof(*parts);

	plan.kind = &large_kinds[which];
	plan.signal = SIGKILL;
	plan.timeout = 0;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		for (size_t k = 0; k < moments; k++)
			for (plan.victim = 0; plan.victim < LARGE_RANKS;
			     plan.victim += 1 + (plan.victim == LARGE_ROOT)) {
				/* The other moments take turns. */
				if (k > 0 && k % 2 == i)
					continue;
				plan.cores = places[i];
				plan.part = parts[k];
				kill_once();
			}
	EXPECT(figures.told > 0, "nobody was in the call any more");
	figure("cohort_%s of 8 MiB: %d ranks told, the slowest after %.1f ms "
	       "(promised: 100 ms)",
	       plan.kind->name, figures.told, 1e3 * figures.slowest);
}

#define SCENARIO(name)                        \
	void scenario_kill_large_##name(void) \
	{                                     \
		kill_in(LARGE_##name);        \
	}
LARGE_MAP(SCENARIO)

void scenario_stopped_large(void)
{
	plan.signal = SIGSTOP;
	plan.part = 0.4;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		for (int which = SANITIZED; which < LARGES;
		     which += 1 + SANITIZED) {
			plan.kind = &large_kinds[which];
			plan.cores = places[i];
			plan.victim = i == 0 ? LARGE_ROOT : LARGE_RANKS - 1;
			stop_once();
		}
	EXPECT(figures.told > 0, "nobody was in the call any more");
	figure("timeout of %.3f s: %d ranks told within %.3f s (promised: "
	       "%.3f s)",
	       plan.timeout, figures.told, figures.slowest, 1.1 * plan.timeout);
}
