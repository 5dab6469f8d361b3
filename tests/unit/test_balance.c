/*
 * How the tickets of a sweep are divided among hosts: makespans in simulated time, beside
 * the ideal ones. A cluster is a number of hosts, ranks, speeds, a delay, and a sweep.
 * COHORT_TEST_BALANCE=all tries all clusters, which takes minutes; the suite takes one of
 * some.
 */
#include "cluster.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double delays[] = {0, 1e-3, 5e-3, 50e-3};
static const double slows[] = {1, 2, 4, 10};
static const double lengths[] = {1e-3, 20e-3, 0.1, 1};
static const int layouts[][NODES_MOST] = {
    {1, 1},    {6, 1},    {1, 6},       {3, 3},       {9, 9},      {2, 2, 2},
    {1, 4, 9}, {9, 1, 1}, {2, 1, 1, 1}, {4, 4, 4, 4}, {1, 2, 4, 9}};

/* Tasks for each rank, had all the speed of one that is not slow; 0: so many that
 * the longest task on the slow host takes a thirtieth of the ideal makespan. */
static const int shares[] = {2, 6, 20, 60, 0};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* The next of so many choices; *code is the rest of a number that stands for all. */
static size_t choose(size_t *code, size_t count)
{
	const size_t choice = *code % count;

	*code /= count;
	return choice;
}

static uint64_t tasks_of(const struct cluster *cluster, int share, double slow)
{
	const double speeds = cluster_speeds(cluster);
	const double tasks =
	    share > 0 ? share * speeds
	              : 30 * cluster_longest(cluster->kind) * slow * speeds;

	return (uint64_t)fmin(fmax(tasks, 1), TASKS_MOST);
}

enum {
	CLUSTERS = COUNT(layouts) * COUNT(slows) * 2 * COUNT(delays) *
	           COUNT(lengths) * COUNT(shares)
};

/* The cluster with this number. */
static struct cluster cluster_of(size_t code, enum kind kind)
{
	const int *ranks = layouts[choose(&code, COUNT(layouts))];
	const double slow = slows[choose(&code, COUNT(slows))];
	const int slowest = (int)choose(&code, 2);
	struct cluster cluster = {.depth = 1, .kind = kind, .claim = 1};

	cluster.delay = delays[choose(&code, COUNT(delays))];
	cluster.seconds = lengths[choose(&code, COUNT(lengths))];
	for (int n = 0; n < NODES_MOST && ranks[n] > 0; n++) {
		cluster.ranks[n] = ranks[n];
		cluster.slow[n] = n == slowest ? slow : 1;
		cluster.nodes++;
	}
	cluster.tasks =
	    tasks_of(&cluster, shares[choose(&code, COUNT(shares))], slow);
	return cluster;
}

static bool is_all(void)
{
	const char *value = getenv("COHORT_TEST_BALANCE");

	return value && !strcmp(value, "all");
}

static void describe(const char *what, const struct cluster *cluster,
                     const struct outcome *outcome)
{
	cr_log_warn(
	    "%s: %d,%d,%d,%d ranks, slow %g,%g, delay %g, %llu tasks of %g "
	    "s: makespan %.3f, ideal %.3f, of whole tasks %.3f, %llu "
	    "messages",
	    what, cluster->ranks[0], cluster->ranks[1], cluster->ranks[2],
	    cluster->ranks[3], cluster->slow[0], cluster->slow[1],
	    cluster->delay, (unsigned long long)cluster->tasks,
	    cluster->seconds, outcome->makespan, outcome->ideal, outcome->whole,
	    (unsigned long long)outcome->messages);
}

/* Of some clusters. */
struct tally {
	int clusters;
	int balanced; /* within 1.1 of the ideal */
	double
	    reachable; /* worst ratio to the ideal, if whole tasks allow 1.1 */
	double whole;  /* else: worst ratio to what whole tasks allow */
};

static void try_cluster(const struct cluster *cluster, struct tally *tally)
{
	const struct outcome outcome = cluster_run(cluster);
	const double ratio = outcome.makespan / outcome.ideal;
	const double whole = outcome.makespan / outcome.whole;

	tally->clusters++;
	tally->balanced += ratio <= 1.1;
	if (ratio <= 1.1 || outcome.whole <= 1.1 * outcome.ideal)
		tally->reachable = fmax(tally->reachable, ratio);
	else
		tally->whole = fmax(tally->whole, whole);
	if (ratio > 1.1 && whole > 1.05)
		describe("not balanced", cluster, &outcome);
}

static void judge(const char *what, const struct tally *tally)
{
	cr_log_info(
	    "%s: %d clusters, %d within 1.1 of the ideal, the worst %.3f; "
	    "the others within %.3f of what whole tasks allow",
	    what, tally->clusters, tally->balanced, tally->reachable,
	    tally->whole);
	cr_expect_leq(tally->reachable, 1.1);
	cr_expect_leq(tally->whole, 1.05);
}

/* Tasks take ten round trips, and messages are looked for once a millisecond. In
 * the suite no sweep takes more than a minute. */
static bool is_tried(const struct cluster *cluster)
{
	const double ideal =
	    (double)cluster->tasks / cluster_speeds(cluster) * cluster->seconds;

	return cluster->seconds >= 19.9 * cluster->delay && ideal > 50e-3 &&
	       ideal < (is_all() ? 600 : 60);
}

static void try_all(enum kind kind, size_t step)
{
	struct tally tallies[COUNT(slows)] = {{0, 0, 0, 0}};
	char what[40];

	for (size_t code = 0; code < CLUSTERS; code += is_all() ? 1 : step) {
		const struct cluster cluster = cluster_of(code, kind);
		if (is_tried(&cluster))
			try_cluster(
			    &cluster,
			    &tallies[code / COUNT(layouts) % COUNT(slows)]);
	}
	for (size_t i = 0; i < COUNT(slows); i++) {
		snprintf(what, sizeof(what), "one %g times slower", slows[i]);
		judge(what, &tallies[i]);
	}
}

/* A rank whose tasks were short claims several, and all of these take long. */
Test(balance, claims_of_several)
{
	struct tally tally = {0, 0, 0, 0};

	for (int i = 0; i < (int)COUNT(layouts); i++) {
		struct cluster cluster = cluster_of((size_t)i, UNIFORM);
		cluster.seconds = 1;
		cluster.claim = 16;
		cluster.tasks = 16 * (uint64_t)cluster_speeds(&cluster);
		try_cluster(&cluster, &tally);
	}
	judge("claims of several", &tally);
}

Test(balance, uniform)
{
	try_all(UNIFORM, 3);
}

/* These take many more tasks. */
Test(balance, bimodal)
{
	try_all(BIMODAL, 7);
}

Test(balance, heavy)
{
	try_all(HEAVY, 13);
}
