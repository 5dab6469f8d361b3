/* cohort_abort, and what rank 0 does meanwhile. */
#define _GNU_SOURCE
#include "runner.h"
#include "scenarios.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { RANKS = 4, READY = 1, LEAVING = 2 };

static cohort *the_group; /* for what is called at exit */

static void mark_leaving(void)
{
	if (the_group && cohort_rank(the_group) == 0)
		reach(0, LEAVING);
}

enum root_action { WAITS, COMPUTES, LEAVES };

/* Which rank aborts, and what rank 0 does meanwhile. */
static struct {
	int rank;
	enum root_action root;
} plan;

static void abort_somewhere(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	the_group = group;
	atexit(mark_leaving);
	ranks_barrier(group, READY);
	if (rank == plan.rank) {
		if (plan.root == LEAVES)
			await(0, LEAVING);
		nap(0.01); /* let them get to where they wait */
		shared->event = now();
		cohort_abort(group, 6);
	}
	if (rank == 0 && plan.root == LEAVES)
		exit(0);
	if (plan.root != WAITS)
		for (;;)
			pause();
	cohort_status status = cohort_barrier(group);
	EXPECT(false, "rank %d came back from an abort: %d", rank, (int)status);
}

static void expect_abort(int rank, enum root_action root, int code, double most)
{
	plan.rank = rank;
	plan.root = root;
	const struct ending ending = run(abort_somewhere);
	const double took = ending.all_gone - shared->event;
	EXPECT(ending.code == code, "exit status %d, not %d", ending.code,
	       code);
	EXPECT_WITHIN(shared->event, ending.all_gone, most, "%s",
	              "processes live on after the abort");
	figure("rank %d: all gone after %.1f ms, exit status %d", rank,
	       1e3 * took, ending.code);
}

static void abort_nothing(void)
{
	cohort_abort(NULL, 3);
}

void scenario_abort_by_root(void)
{
	expect_abort(0, WAITS, 6, 0.5);
	EXPECT(run(abort_nothing).code == 3, "without a group");
}

void scenario_abort_by_peer(void)
{
	for (int r = 1; r < RANKS; r++)
		expect_abort(r, WAITS, 6, 0.5);
}

void scenario_abort_while_root_computes(void)
{
	expect_abort(1, COMPUTES, 128 + SIGKILL, 1);
}

/* Its exit status is the one that was asked for, as for any other peer's. */
void scenario_abort_while_root_leaves(void)
{
	expect_abort(1, LEAVES, 6, 1);
}
