/* A rank that is killed before, inside and after every collective call. */
#define _GNU_SOURCE
#include "calls.h"
#include "hooks.h"
#include "runner.h"
#include "scenarios.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	RANKS = 4,
	ELEMENTS = 40000, /* 320 kB: more than a socket takes in */
	TASK_ELEMENTS = 4000,
	AFTER = 0, /* the call, and not at one of its sends, recvs or polls */
	MOMENTS = 12, /* or after some time: -1 to -12, each half again later */
	AT_MOST = 1000,
	KILLED = 128 + SIGKILL
};

enum aim { COLLECTIVE, CLOSE, SECOND_OPEN };

static struct {
	enum aim aim;
	enum collective call;
	int victim;
	int at;
	double slowdown; /* of the machine, before the run */
} plan;

static struct {
	int runs;
	int told;   /* ranks that got COHORT_EPEER */
	int slow;   /* after more than 10 ms times the slowdown */
	double sum; /* seconds */
	double slowest;
	double slowest_end; /* of all processes, when rank 0 was killed */
} figures;

static cohort_status make(cohort *group, bool *right)
{
	cohort *second = NULL;

	*right = true;
	switch (plan.aim) {
	case CLOSE:
		return cohort_close(group);
	case SECOND_OPEN:
		return cohort_open(NULL, &second);
	case COLLECTIVE:
		break;
	}
	return collective_make(
	    group, plan.call,
	    plan.call < CALL_scatter ? ELEMENTS : TASK_ELEMENTS, right);
}

/* Every call on a broken group: the same at once. But the results of a sweep
 * that the ranks made before can still be gathered. */
static void expect_broken(cohort *group, cohort_status broken)
{
	bool right;

	for (int call = 0; call < COLLECTIVES; call++) {
		const double begin = now();
		cohort_status status =
		    collective_make(group, (enum collective)call, 4, &right);
		const double end = now();
		const bool gathers =
		    call == CALL_gather || call == CALL_gather_to_root;
		EXPECT(status == broken || (gathers && status == COHORT_OK),
		       "%s on a broken group: %s, and %s before",
		       collective_name((enum collective)call),
		       cohort_status_name(status), cohort_status_name(broken));
		EXPECT_WITHIN(begin, end, 0.05, "%s on a broken group",
		              collective_name((enum collective)call));
	}
}

/* A rank that goes on: with a death, the next call at the latest fails. */
static void go_on(cohort *group, cohort_status status)
{
	if (plan.aim == CLOSE)
		return;
	if (status == COHORT_OK || plan.aim == SECOND_OPEN)
		status = cohort_barrier(group);
	EXPECT(status == COHORT_OK || status == COHORT_EPEER, "the next: %s",
	       cohort_error());
	EXPECT(status == COHORT_EPEER || atomic_load(&hooks->victim) == 0,
	       "a barrier without the dead rank %d succeeded", plan.victim);
	if (status != COHORT_OK)
		expect_broken(group, status);
	const bool broken = status != COHORT_OK;
	status = cohort_close(group);
	EXPECT(status == COHORT_OK || !broken, "close: %s", cohort_error());
}

static void die_now(int number)
{
	(void)number;
	shared->event = now();
	raise(SIGKILL);
}

static void set_timer(double seconds)
{
	const struct itimerval timer = {{0, 0}, {0, (long)(1e6 * seconds)}};

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void be_victim(void)
{
	double delay = 10e-6;

	atomic_store(&hooks->victim, (int)getpid());
	hooks->victim_signal = SIGKILL;
	hooks->victim_at = plan.at;
	if (plan.at >= AFTER)
		return;
	for (int i = plan.at; i < -1; i++)
		delay *= 1.5;
	signal(SIGALRM, die_now);
	set_timer(delay);
}

static void die_in_call(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);
	struct slot *slot = &shared->slots[rank];
	cohort_status status =
	    collective_prepare(group, plan.call, TASK_ELEMENTS);

	if (status == COHORT_OK)
		status = cohort_barrier(group);
	EXPECT(status == COHORT_OK, "before: %s", cohort_error());
	ranks_barrier(group, 1);
	if (rank == plan.victim)
		be_victim();
	status = make(group, &slot->right);
	slot->returned = now();
	snprintf(slot->sentence, SENTENCE_BYTES, "%s", cohort_error());
	if (rank == plan.victim && plan.at == AFTER)
		die_now(0);
	if (rank == plan.victim) {
		set_timer(0);
		atomic_store(&hooks->victim, 0); /* it has survived */
	}
	slot->status = (int)status;
	go_on(group, status);
}

static void check_survivor(int rank)
{
	const struct slot *slot = &shared->slots[rank];
	const double took = slot->returned - shared->event;
	char cause[64];

	if (slot->status == COHORT_OK) {
		EXPECT(slot->right, "rank %d has COHORT_OK and wrong data",
		       rank);
		return;
	}
	snprintf(cause, sizeof(cause), "rank %d was killed by signal 9",
	         plan.victim);
	EXPECT(slot->status == COHORT_EPEER && said(rank, cause),
	       "rank %d: status %d: %s", rank, slot->status, slot->sentence);
	/* A sweep is finished first, and a task is blamed for its rank's death
	 * half a second after it at the earliest. */
	EXPECT_WITHIN(shared->event, slot->returned,
	              plan.call == CALL_scatter ? 2 : 0.5,
	              "rank %d was told late", rank);
	figures.told++;
	figures.slow += took > 0.01 * plan.slowdown;
	figures.sum += took;
	figures.slowest = took > figures.slowest ? took : figures.slowest;
}

/* Whether the victim came to its end in the call. */
static bool kill_at(int victim, int at)
{
	plan.victim = victim;
	plan.at = at;
	plan.slowdown = pace_now();
	hooks_reset();
	const struct ending ending = run(die_in_call);
	if (atomic_load(&hooks->victim) == 0) {
		EXPECT(ending.code == 0, "all survived: exit status %d",
		       ending.code);
		for (int r = 0; r < RANKS; r++)
			EXPECT(shared->slots[r].status == COHORT_OK &&
			           shared->slots[r].right,
			       "all survived: rank %d: %d", r,
			       shared->slots[r].status);
		return false;
	}
	EXPECT(ending.code == KILLED, "rank %d was killed: exit status %d",
	       victim, ending.code);
	figures.runs++;
	const double end = ending.all_gone - shared->event;
	if (victim == 0 && end > figures.slowest_end)
		figures.slowest_end = end;
	/* Survivors of another rank have work to do before they end. */
	EXPECT_WITHIN(shared->event, ending.all_gone, victim == 0 ? 0.5 : 5,
	              "processes live on after rank %d", victim);
	for (int r = 0; r < RANKS && victim != 0; r++)
		if (r != victim)
			check_survivor(r);
	return true;
}

static void kill_everywhere(const char *name)
{
	for (int victim = 0; victim < RANKS; victim++) {
		int at = 1;
		int step = 1;
		for (int moment = -MOMENTS; moment <= AFTER; moment++)
			kill_at(victim, moment);
		/* Every one of the first calls, and later ones apart. */
		while (at < AT_MOST && kill_at(victim, at)) {
			at += step;
			step += at > 4;
		}
	}
	/* Ranks that no failure event wakes check now and then, but later. */
	EXPECT(SANITIZED || figures.slow <= figures.told / 2,
	       "%d of %d ranks were told after more than 10 ms times the "
	       "slowdown",
	       figures.slow, figures.told);
	figure("%s: %d deaths, %d ranks told: mean %.2f ms, %d later than "
	       "the typical 10 ms, "
	       "the slowest %.1f ms (promised: 100 ms); all gone after rank 0 "
	       "within %.1f ms",
	       name, figures.runs, figures.told,
	       1e3 * figures.sum / (figures.told ? figures.told : 1),
	       figures.slow, 1e3 * figures.slowest, 1e3 * figures.slowest_end);
}

#define SCENARIO(name)                            \
	void scenario_kill_##name(void)           \
	{                                         \
		plan.call = CALL_##name;          \
		kill_everywhere("cohort_" #name); \
	}
COLLECTIVE_MAP(SCENARIO)

void scenario_kill_close(void)
{
	plan.aim = CLOSE;
	kill_everywhere("cohort_close");
}

void scenario_kill_second_open(void)
{
	plan.aim = SECOND_OPEN;
	kill_everywhere("cohort_open");
}
