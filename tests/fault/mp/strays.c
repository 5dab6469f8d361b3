/* Words in shared memory that no rank of the library has written: a stray write
 * of the program may hit any of them. */
#define _GNU_SOURCE
#include "common/base/rank_states.h"
#include "hooks.h"
#include "mp/world.h"
#include "runner.h"
#include "scenarios.h"
#include "shared_mappings.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RANKS = 3, VICTIM = 1, OPENED = 1, WRITTEN, LARGE = 1 << 20 };

/* A process group that has nothing to do with any task. */
static pid_t start_bystander(void)
{
	const pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	EXPECT(pid > 0 && setpgid(pid, pid) == 0, "no bystander");
	return pid;
}

/* The monitor kills the process group of a dead rank's task. */
static void die_with_stray_child(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);
	pid_t bystander = 0;

	if (rank == 0) {
		bystander = start_bystander();
		atomic_store(&world_current()->states->ranks[VICTIM].child,
		             (uint64_t)bystander);
	}
	ranks_barrier(group, WRITTEN);
	if (rank == VICTIM)
		raise(SIGKILL);
	EXPECT(cohort_barrier(group) == COHORT_EPEER, "%s", cohort_error());
	if (rank == 0) {
		/* The monitor kills after it has reported. */
		EXPECT(waitpid(bystander, NULL, WNOHANG) == 0,
		       "the bystander is gone");
		usleep(100000);
		EXPECT(waitpid(bystander, NULL, WNOHANG) == 0,
		       "the bystander was killed");
		kill(bystander, SIGKILL);
		waitpid(bystander, NULL, 0);
	}
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_stray_child(void)
{
	run(die_with_stray_child);
}

static const struct {
	int awaits;
	uintptr_t awaited;
} chains[] = {
    {123456789, 0}, {-5, 0}, {1, 8}, {1, 0x123456789abc}, {3, (uintptr_t)-8}};

static size_t chain;

/* A timeout follows the chain of ranks that wait for each other. */
static void time_out_with_stray_chain(void)
{
	cohort *group = enter(RANKS, 0.3);
	const int rank = cohort_rank(group);

	if (rank == VICTIM) {
		struct rank_record *record =
		    &world_current()->control->records[rank];
		atomic_store(&record->awaits, chains[chain].awaits);
		atomic_store(&record->awaited,
		             (_Atomic uint64_t *)chains[chain].awaited);
	}
	ranks_barrier(group, WRITTEN);
	if (rank != VICTIM)
		keep(rank, cohort_barrier(group));
	else
		await(0, WRITTEN + 1);
	reach(rank, WRITTEN + 1);
	await_all(RANKS, WRITTEN + 1);
	cohort_close(group); /* the victim learns of the timeout only here */
}

void scenario_stray_chain(void)
{
	for (chain = 0; chain < sizeof(chains) / sizeof(*chains); chain++) {
		run(time_out_with_stray_chain);
		EXPECT(shared->slots[0].status == COHORT_ETIMEOUT,
		       "chain %zu: status %d: %s", chain,
		       shared->slots[0].status, shared->slots[0].sentence);
		EXPECT(said(0, "rank 1"), "%s", shared->slots[0].sentence);
	}
}

static const uintptr_t offers[] = {8, (uintptr_t)-64, 0x123456789000};
static size_t offer;

/* A rank reads large data at the address that another rank offers. */
static void read_stray_offer(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);
	unsigned char *data = cohort_alloc(group, LARGE);

	EXPECT(data != NULL, "%s", cohort_error());
	if (rank == VICTIM)
		hooks->offer = offers[offer];
	keep(rank, cohort_bcast(group, data, LARGE, COHORT_UINT8, VICTIM));
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_stray_offer(void)
{
	for (offer = 0; offer < sizeof(offers) / sizeof(*offers); offer++) {
		hooks_reset();
		run(read_stray_offer);
		for (int r = 0; r < RANKS; r++)
			EXPECT(shared->slots[r].status == COHORT_ECORRUPT,
			       "rank %d: status %d: %s", r,
			       shared->slots[r].status,
			       shared->slots[r].sentence);
		EXPECT(said(0, "that rank 1 cannot have written"), "%s",
		       shared->slots[0].sentence);
	}
}

enum fill { RANDOM, ZEROS, ONES, FILLS };

static enum fill fill;
static uint64_t seed;

static uint64_t draw(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* Half of the words of the first 256 KiB: a mapping may have gigabytes. */
static void fill_mapping(uint64_t *begin, const uint64_t *end)
{
	for (size_t i = 0; begin + i < end && i < 1 << 15; i++)
		if (draw() % 2)
			begin[i] = fill == RANDOM  ? draw()
			           : fill == ZEROS ? 0
			                           : 1 | 1ULL << 32;
}

static bool is_own(const char *line, uintptr_t begin)
{
	(void)line;
	return begin == (uintptr_t)hooks || begin == (uintptr_t)shared;
}

/* All memory that the ranks share, but the test's own. */
static void fill_all(void)
{
	static struct shared_mapping found[SHARED_MAPPINGS_MOST];
	const size_t count = shared_mappings(found, is_own);

	EXPECT(count > 0, "nothing is shared");
	for (size_t i = 0; i < count; i++)
		fill_mapping((uint64_t *)found[i].begin,
		             (const uint64_t *)found[i].end);
}

/* One rank has ended and has been recorded, another one fills all memory, and rank
 * 0 ends then: whatever the words say, the monitor kills the peers that are left,
 * and nobody else. */
static void end_with_stray_words(void)
{
	cohort *group = enter(RANKS + 1, 0);
	const int rank = cohort_rank(group);

	ranks_barrier(group, OPENED);
	if (rank == RANKS)
		raise(SIGKILL);
	if (rank > 0)
		keep(rank, cohort_barrier(group));
	reach(rank, WRITTEN);
	if (rank == VICTIM) {
		await(2, WRITTEN);
		fill_all();
		reach(rank, WRITTEN + 1);
	}
	if (rank == 0) {
		await(VICTIM, WRITTEN + 1);
		raise(SIGKILL);
	}
	for (;;)
		pause();
}

void scenario_stray_words(void)
{
	for (int round = 0; round < 5 * FILLS; round++) {
		hooks_reset();
		atomic_store(&hooks->watches_kills, 1);
		fill = (enum fill)(round % FILLS);
		seed = 0x9e3779b97f4a7c15 * (uint64_t)(round + 1);
		run(end_with_stray_words);
		EXPECT(atomic_load(&hooks->strange_kills) == 0,
		       "round %d: %d signals to strangers", round,
		       atomic_load(&hooks->strange_kills));
	}
}

enum { CLAIMS = 100, REPEATS = 10, SKIPS = 50 };

static struct ticket_counters *claims;

/* One task makes the ranks run some task twice, a later one makes them leave one
 * out: the number of results is right. */
static int change_claims(cohort_task *task)
{
	_Atomic int *repeated = &shared->slots[RANKS].step;
	size_t *result = cohort_task_result(task, sizeof(*result));

	*result = cohort_task_index(task);
	const bool repeats =
	    *result == REPEATS && !atomic_exchange(repeated, 1);
	for (int i = 0; i < 2; i++)
		atomic_fetch_add(&claims->of[i].next,
		                 (uint64_t)(*result == SKIPS) - repeats);
	return 0;
}

static void sweep_with_stray_claims(void)
{
	cohort *group = enter(RANKS, 0);
	const cohort_job job = {.execute = change_claims,
	                        .isolate = true,
	                        .schedule = COHORT_DYNAMIC,
	                        .chunk = 1};
	cohort_results *results;
	size_t count = 0;

	claims = world_current()->tickets;
	EXPECT(cohort_scatter(group, &job, NULL, CLAIMS) == COHORT_OK, "%s",
	       cohort_error());
	EXPECT(cohort_gather(group, &results) == COHORT_OK, "%s",
	       cohort_error());
	const cohort_result *all = cohort_results_all(results, &count);
	EXPECT(count == CLAIMS, "%zu results", count);
	for (size_t i = 0; i < count; i++)
		EXPECT(all[i].status == COHORT_OK &&
		           *(const size_t *)all[i].data == i,
		       "task %zu: %s", i, all[i].error);
	cohort_results_free(results);
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_stray_claims(void)
{
	run(sweep_with_stray_claims);
}
