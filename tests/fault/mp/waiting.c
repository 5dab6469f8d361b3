/* Ranks that come late, all at once on one core, or with another call. */
#define _GNU_SOURCE
#include "calls.h"
#include "runner.h"
#include "scenarios.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { RANKS = 4, READY = 1 };

static struct {
	int victim;
	enum { CLOSES, BAD_ARGUMENT } call;
	int ranks;
} plan;

enum { MANY = 16, ROUNDS = 100 };

static double patience; /* seconds, the timeout of ranks that are crowded */

static void stay_on_one_core(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		CPU_SET(cpu, &one);
		if (!sched_setaffinity(0, sizeof(one), &one))
			break;
		CPU_CLR(cpu, &one);
	}
}

static void crowd(void)
{
	stay_on_one_core();
	cohort *group = enter(MANY, patience);
	const double begin = now();
	for (int i = 0; i < ROUNDS; i++)
		EXPECT(cohort_barrier(group) == COHORT_OK, "%s",
		       cohort_error());
	const double took = now() - begin;
	for (int i = 0; i < 10; i++) {
		bool right = false;
		cohort_status status = collectives_all(group, 500, &right);
		EXPECT(status == COHORT_OK && right, "%s", cohort_error());
	}
	if (cohort_is_root(group))
		figure("%d ranks on one core: %.0f us a barrier", MANY,
		       1e6 * took / ROUNDS);
	cohort_close(group);
}

void scenario_sixteen_on_one_core(void)
{
	patience = 5 * pace_now();
	EXPECT(run(crowd).code == 0, "exit status");
}

static void open_crowd(void)
{
	stay_on_one_core();
	cohort_close(enter(plan.ranks, 0));
}

/* Open so many ranks on one core with stderr in a pipe, and look for the words.
 * Each line of a log is one write, and a pipe has room for all of them. */
static int warnings(int ranks)
{
	char text[4096];
	char words[64];
	int ends[2];
	int count = 0;
	const int saved = dup(STDERR_FILENO);

	EXPECT(pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) >= 0, "pipe");
	close(ends[1]);
	plan.ranks = ranks;
	EXPECT(run(open_crowd).code == 0, "exit status");
	dup2(saved, STDERR_FILENO);
	close(saved);
	const ssize_t got = read(ends[0], text, sizeof(text) - 1);
	text[got > 0 ? got : 0] = '\0';
	close(ends[0]);
	snprintf(words, sizeof(words), "warn: %d ranks share 1 core", ranks);
	for (const char *at = text; (at = strstr(at, words)); at++)
		count++;
	return count;
}

void scenario_crowd_is_warned_of(void)
{
	EXPECT(warnings(MANY) == 0, "%d ranks", MANY);
	EXPECT(warnings(MANY + 1) == 1, "%d ranks", MANY + 1);
}

static void be_many(void)
{
	const struct rlimit limit = {1024, 1024};
	bool right;

	EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
	cohort *group = enter(RANKS_MAX, 0);
	cohort_status status = collectives_all(group, 10, &right);
	EXPECT(status == COHORT_OK && right, "%s", cohort_error());
	cohort_close(group);
}

void scenario_sixty_four_ranks(void)
{
	const double begin = now();

	EXPECT(run(be_many).code == 0, "exit status");
	figure("%.3f s", now() - begin);
}

static double cpu_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void wait_long(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	EXPECT(cohort_barrier(group) == COHORT_OK, "%s", cohort_error());
	const double before = cpu_seconds();
	if (rank == RANKS - 1)
		nap(2);
	EXPECT(cohort_barrier(group) == COHORT_OK, "%s", cohort_error());
	const double used = cpu_seconds() - before;
	/* CPU seconds, which other processes hardly change. */
	EXPECT(used < 0.05 * pace_now(), "rank %d used %.3f s of a core", rank,
	       used);
	if (rank < 2)
		figure("rank %d used %.2f ms of a core in 2 s", rank,
		       1e3 * used);
	cohort_close(group);
}

void scenario_waiting_uses_no_cpu(void)
{
	EXPECT(run(wait_long).code == 0, "exit status");
}

/* The victim makes another call than the others. */
static cohort_status odd_call(cohort *group)
{
	if (plan.call == CLOSES)
		return cohort_close(group);
	return cohort_bcast(group, NULL, 10, COHORT_INT32, 0);
}

static void differ(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);
	int data[10] = {rank, rank};
	const bool odd = rank == plan.victim;

	EXPECT(cohort_barrier(group) == COHORT_OK, "%s", cohort_error());
	reach(rank, READY);
	if (odd) {
		await_all(RANKS, READY);
		shared->event = now();
	}
	cohort_status status =
	    odd ? odd_call(group)
	        : cohort_bcast(group, data, 10, COHORT_INT32, 0);
	/* A rank that waits for the odd one is told at once, the others are told
	 * in their next call; they may have received from the root. */
	const bool received = !odd && plan.victim != 0 && data[0] == 0;
	if (status == COHORT_OK && !over_sockets() && plan.victim != 0)
		status = cohort_barrier(group);
	keep(rank, status);
	shared->slots[rank].right =
	    received ? data[1] == 0 : data[0] == rank && data[1] == rank;
	if (odd && plan.call == CLOSES)
		return;
	/* The one whose argument was bad can go on, if it is alone. */
	cohort_close(group);
}

static void let_differ(cohort_status of_the_odd, const char *words)
{
	double slowest = 0;

	for (plan.victim = 0; plan.victim < RANKS; plan.victim++) {
		const struct ending ending = run(differ);
		EXPECT(ending.code == 0, "exit status %d", ending.code);
		for (int r = 0; r < RANKS; r++) {
			const struct slot *slot = &shared->slots[r];
			const cohort_status wanted =
			    r == plan.victim ? of_the_odd : COHORT_EMISMATCH;
			const double took = slot->returned - shared->event;
			EXPECT(slot->status == (int)wanted, "rank %d: %d: %s",
			       r, slot->status, slot->sentence);
			EXPECT(slot->right, "rank %d: its buffer was written",
			       r);
			EXPECT(r == plan.victim || said(r, words),
			       "rank %d: %s", r, slot->sentence);
			EXPECT_WITHIN(shared->event, slot->returned, 0.05,
			              "rank %d was told late", r);
			slowest = took > slowest ? took : slowest;
		}
	}
	figure("told within %.2f ms (promised: 10 ms)", 1e3 * slowest);
}

void scenario_close_against_collective(void)
{
	plan.call = CLOSES;
	let_differ(COHORT_EMISMATCH, "cohort_close");
}

void scenario_bad_argument(void)
{
	plan.call = BAD_ARGUMENT;
	let_differ(COHORT_EINVAL, "could not go on with its cohort_bcast");
}

/* Rank 1 refuses several calls before the others make the first of them. */
static void refuse_in_a_row(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);
	double value = 0;

	if (rank == 1) {
		keep(rank, cohort_bcast(group, NULL, 1, COHORT_DOUBLE, 0));
		for (int i = 0; i < 3; i++)
			EXPECT(cohort_allreduce(group, NULL, NULL, 1,
			                        COHORT_DOUBLE,
			                        COHORT_SUM) == COHORT_EINVAL,
			       "%s", cohort_error());
	}
	ranks_barrier(group, 1);
	/* A rank may leave the broadcast before it looks for refusals of others
	 * than the root, and is told in its next call. */
	if (rank != 1) {
		cohort_status status =
		    cohort_bcast(group, &value, 1, COHORT_DOUBLE, 0);
		if (status == COHORT_OK)
			status = cohort_barrier(group);
		keep(rank, status);
	}
	EXPECT(cohort_close(group) ==
	           (rank == 1 ? COHORT_EMISMATCH : COHORT_OK),
	       "%s", cohort_error());
}

void scenario_refusals_in_a_row(void)
{
	EXPECT(run(refuse_in_a_row).code == 0, "exit status");
	for (int r = 0; r < RANKS; r++)
		EXPECT(r == 1 || (shared->slots[r].status == COHORT_EMISMATCH &&
		                  said(r, "rank 1 could not go on with its "
		                          "cohort_bcast")),
		       "rank %d: %d: %s", r, shared->slots[r].status,
		       shared->slots[r].sentence);
}

static int call_from_inside(cohort_task *task)
{
	cohort *group = *(cohort **)cohort_task_state(task);
	cohort *second;
	bool right;

	for (int call = 0; call < COLLECTIVES; call++) {
		cohort_status status =
		    collective_make(group, (enum collective)call, 4, &right);
		EXPECT(status == COHORT_ESTATE &&
		           strstr(cohort_error(), "inside a task"),
		       "%s: %s: %s", collective_name((enum collective)call),
		       cohort_status_name(status), cohort_error());
	}
	EXPECT(cohort_open(&(cohort_options){.backend = "mp"}, &second) ==
	           COHORT_ESTATE,
	       "open");
	EXPECT(cohort_close(group) == COHORT_ESTATE, "close");
	return 0;
}

static void run_tasks(void)
{
	cohort *group = enter(RANKS, 0);
	const cohort_job job = {.execute = call_from_inside, .arg = &group};
	bool right;

	EXPECT(cohort_scatter(group, &job, NULL, 10) == COHORT_OK, "%s",
	       cohort_error());
	EXPECT(collectives_all(group, 10, &right) == COHORT_OK && right,
	       "afterwards: %s", cohort_error());
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_inside_task(void)
{
	EXPECT(run(run_tasks).code == 0, "exit status");
}
