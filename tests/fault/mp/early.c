/* Ranks that leave a broadcast or a gather before the others have come: over
 * shared memory only. They learn of what goes wrong there in their next call. */
#define _GNU_SOURCE
#include "cores.h"
#include "runner.h"
#include "scenarios.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum {
	RANKS = 3,
	BEGUN = 1, /* steps */
	LEFT,
	REFUSED,
	STOPPED,
	AHEAD_SHORT = 1, /* calls that a rank may leave before another comes */
	AHEAD_LONG = 3,
	SHORT_ROW = 5,
	LONG_ROW = 60,
	MOST = 20
};

static struct {
	bool fits; /* each rank has a core */
	bool gathers;
	int row; /* calls before the late rank stops */
	double timeout;
} plan;

static cohort *enter_plan(int ranks)
{
	cores_pretend(plan.fits ? (size_t)ranks : 1);
	return enter(ranks, plan.timeout);
}

/* Rank 0 broadcasts to the others, or receives from them. */
static cohort_status move(cohort *group)
{
	static const size_t counts[RANKS] = {1, 1, 1};
	double value = 1;
	double all[RANKS];

	return plan.gathers ? cohort_gatherv(group, &value, 1, all, counts,
	                                     COHORT_DOUBLE, 0)
	                    : cohort_bcast(group, &value, 1, COHORT_DOUBLE, 0);
}

/* Whether a rank leaves although the last rank does not come. */
static bool leaves(int rank)
{
	return rank < RANKS - 1 && (!plan.gathers || rank != 0);
}

static void for_all_plans(void (*scenario)(void))
{
	for (int i = 0; i < 8; i++) {
		plan.fits = i % 2;
		plan.gathers = i / 2 % 2;
		plan.row = i / 4 ? LONG_ROW : SHORT_ROW;
		scenario();
	}
}

static int ahead_most(void)
{
	return plan.row > SHORT_ROW ? AHEAD_LONG : AHEAD_SHORT;
}

static void move_in_a_row(cohort *group)
{
	for (int i = 0; i < plan.row; i++)
		EXPECT(move(group) == COHORT_OK, "%s", cohort_error());
}

/* A rank that has left one call may leave more, but only so many. */
static cohort_status move_until_told(cohort *group)
{
	cohort_status status = COHORT_OK;

	for (int i = 0; status == COHORT_OK && i < ahead_most(); i++)
		status = move(group);
	return status;
}

/* The last rank is killed when the others have left, or wait for it. */
static void let_die(void)
{
	cohort *group = enter_plan(RANKS);
	const int rank = cohort_rank(group);

	EXPECT(cohort_barrier(group) == COHORT_OK, "%s", cohort_error());
	move_in_a_row(group);
	reach(rank, BEGUN);
	if (rank == RANKS - 1) {
		for (int r = 0; r < RANKS; r++)
			await(r, leaves(r) ? LEFT : BEGUN);
		shared->event = now();
		kill(getpid(), SIGKILL);
	}
	cohort_status status = move(group);
	if (leaves(rank)) {
		EXPECT(status == COHORT_OK, "rank %d: %s", rank,
		       cohort_error());
		reach(rank, LEFT);
		status = move_until_told(group);
	}
	keep(rank, status);
	cohort_close(group);
}

static void expect_death_told(void)
{
	double slowest = 0;

	EXPECT(run(let_die).code == 128 + SIGKILL, "exit status");
	for (int r = 0; r < RANKS - 1; r++)
		expect_told(r, "killed by signal 9", &slowest);
}

void scenario_early_death(void)
{
	for_all_plans(expect_death_told);
}

/* The last rank refuses the call that the others leave, makes one more that it
 * may leave itself, and refuses again. */
static void refuse_twice(cohort *group)
{
	double value = 1;

	EXPECT(cohort_bcast(group, NULL, 1, COHORT_DOUBLE, 0) == COHORT_EINVAL,
	       "%s", cohort_error());
	cohort_status status =
	    cohort_bcast(group, &value, 1, COHORT_DOUBLE, RANKS - 1);
	EXPECT(status == COHORT_OK || status == COHORT_EMISMATCH, "%s",
	       cohort_error());
	if (status == COHORT_OK)
		EXPECT(cohort_allreduce(group, NULL, NULL, 1, COHORT_DOUBLE,
		                        COHORT_SUM) == COHORT_EINVAL,
		       "%s", cohort_error());
}

static void let_refuse(void)
{
	cohort *group = enter_plan(RANKS);
	const int rank = cohort_rank(group);

	EXPECT(cohort_barrier(group) == COHORT_OK, "%s", cohort_error());
	move_in_a_row(group);
	reach(rank, BEGUN);
	if (rank == RANKS - 1) {
		for (int r = 0; r < RANKS; r++)
			await(r, leaves(r) ? LEFT : BEGUN);
		shared->event = now();
		refuse_twice(group);
		reach(rank, REFUSED);
		keep(rank, cohort_barrier(group));
		cohort_close(group);
		return;
	}
	cohort_status status = move(group);
	if (leaves(rank)) {
		EXPECT(status == COHORT_OK, "rank %d: %s", rank,
		       cohort_error());
		reach(rank, LEFT);
		await(RANKS - 1, REFUSED);
		status = move_until_told(group);
	}
	keep(rank, status);
	cohort_close(group);
}

static void expect_refusal_told(void)
{
	EXPECT(run(let_refuse).code == 0, "exit status");
	for (int r = 0; r < RANKS - 1; r++) {
		const struct slot *slot = &shared->slots[r];
		EXPECT(slot->status == COHORT_EMISMATCH &&
		           said(r, "rank 2 could not go on with its "
		                   "cohort_bcast"),
		       "rank %d: %d: %s", r, slot->status, slot->sentence);
	}
	EXPECT(shared->slots[RANKS - 1].status == COHORT_EMISMATCH, "%s",
	       shared->slots[RANKS - 1].sentence);
}

void scenario_early_refusal(void)
{
	for_all_plans(expect_refusal_told);
}

/* The last of two ranks stops after a row of broadcasts. Rank 0 leaves so many
 * more, and no others. */
static void run_ahead(void)
{
	cohort *group = enter_plan(2);
	const int rank = cohort_rank(group);
	cohort_status status = COHORT_OK;
	int ahead = -1;

	move_in_a_row(group);
	if (rank == 1) {
		await(0, STOPPED);
		keep(rank, move(group));
		cohort_close(group);
		return;
	}
	while (status == COHORT_OK && ahead++ < MOST)
		status = move(group);
	EXPECT(ahead == ahead_most(), "%d calls ahead after %d", ahead,
	       plan.row);
	keep(rank, status);
	reach(rank, STOPPED);
	cohort_close(group);
}

static void expect_bound(void)
{
	for (plan.row = SHORT_ROW; plan.row <= LONG_ROW;
	     plan.row += LONG_ROW - SHORT_ROW) {
		EXPECT(run(run_ahead).code == 0, "exit status");
		for (int r = 0; r < 2; r++)
			EXPECT(shared->slots[r].status == COHORT_ETIMEOUT &&
			           said(r, "rank 1 did not come"),
			       "rank %d: %d: %s", r, shared->slots[r].status,
			       shared->slots[r].sentence);
	}
}

void scenario_early_row(void)
{
	plan.timeout = 0.3 * pace_now();
	plan.gathers = false;
	for (int fits = 0; fits < 2; fits++) {
		plan.fits = fits;
		expect_bound();
	}
}
