/* Several threads of one rank, and handlers of signals that leave a call. */
#define _GNU_SOURCE
#include "hooks.h"
#include "mp/world.h"
#include "runner.h"
#include "scenarios.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RANKS = 2, TOLD = 1, SWEEPS = 300, TASKS = 50 };

static void expect_refused(cohort_status status, const char *function)
{
	EXPECT(status == COHORT_ESTATE &&
	           strstr(cohort_error(), "another thread") &&
	           strstr(cohort_error(), function),
	       "%s: %s: %s", function, cohort_status_name(status),
	       cohort_error());
}

struct second {
	cohort *groups[2];
	uint64_t
	    entered; /* calls, before the one that the first thread makes */
};

/* Runs while the first thread of rank 0 is in a barrier. */
static void *call_beside(void *arg)
{
	const struct second *second = arg;
	const struct rank_record *record =
	    &world_current()->control->records[0];
	cohort *third = NULL;

	while (atomic_load(&record->entered) == second->entered)
		sched_yield();
	for (int i = 0; i < 2; i++) {
		expect_refused(cohort_barrier(second->groups[i]),
		               "cohort_barrier");
		expect_refused(cohort_close(second->groups[i]), "cohort_close");
	}
	expect_refused(cohort_open(NULL, &third), "cohort_open");
	reach(0, TOLD);
	return NULL;
}

static void call_in_two_threads(void)
{
	cohort *group = enter(RANKS, 0);
	struct second second = {{group}, 0};
	pthread_t thread;

	EXPECT(cohort_open(NULL, &second.groups[1]) == COHORT_OK, "%s",
	       cohort_error());
	second.entered = world_current()->calls;
	if (cohort_is_root(group))
		pthread_create(&thread, NULL, call_beside, &second);
	else
		await(0, TOLD);
	EXPECT(cohort_barrier(group) == COHORT_OK, "%s", cohort_error());
	if (cohort_is_root(group))
		pthread_join(thread, NULL);
	/* Nothing was counted as a call, and a thread may go on for another. */
	EXPECT(cohort_barrier(second.groups[1]) == COHORT_OK, "%s",
	       cohort_error());
	EXPECT(cohort_close(second.groups[1]) == COHORT_OK, "%s",
	       cohort_error());
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_two_threads(void)
{
	EXPECT(run(call_in_two_threads).code == 0, "exit status");
}

static int fill(cohort_task *task)
{
	unsigned char *result = cohort_task_result(task, 200);

	if (!result)
		return -1;
	memset(result, 7, 200);
	return 0;
}

static void *free_results(void *results)
{
	cohort_results_free(results);
	return NULL;
}

static void expect_filled(const cohort_results *results)
{
	size_t count;
	size_t right = 0;
	const cohort_result *all = cohort_results_all(results, &count);

	for (size_t i = 0; i < count; i++)
		right += all[i].status == COHORT_OK &&
		         ((const unsigned char *)all[i].data)[199] == 7;
	EXPECT(right == TASKS, "%zu of %d results", right, TASKS);
}

static void free_in_threads(void)
{
	cohort *group = enter(RANKS, 0);
	const cohort_job job = {.execute = fill};
	pthread_t threads[2];

	for (int i = 0; i < SWEEPS; i++) {
		cohort_results *results[2];
		EXPECT(cohort_scatter(group, &job, NULL, TASKS) == COHORT_OK,
		       "%s", cohort_error());
		for (int k = 0; k < 2; k++) {
			EXPECT(cohort_gather(group, &results[k]) == COHORT_OK,
			       "%s", cohort_error());
			expect_filled(results[k]);
		}
		for (int k = 0; k < 2 && i > 0; k++)
			pthread_join(threads[k], NULL);
		for (int k = 0; k < 2; k++)
			pthread_create(&threads[k], NULL, free_results,
			               results[k]);
	}
	for (int k = 0; k < 2; k++)
		pthread_join(threads[k], NULL);
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_free_in_thread(void)
{
	EXPECT(run(free_in_threads).code == 0, "exit status");
}

enum { WAITERS = 3, OPENED = 1, LEFT, KNOWN };

static sigjmp_buf outside;

static void jump(int signal)
{
	(void)signal;
	siglongjmp(outside, 1);
}

/* The others are told at once, before the rank makes another call. */
static void leave_call_asleep(void)
{
	const struct sigaction action = {.sa_handler = jump};
	cohort *group = enter(WAITERS, 0);
	const int rank = cohort_rank(group);

	ranks_barrier(group, OPENED);
	if (rank == 0) {
		sigaction(SIGUSR1, &action, NULL);
		atomic_store(&hooks->sleeper, (int)getpid());
		if (sigsetjmp(outside, 1) == 0)
			keep(rank, cohort_barrier(group));
		reach(0, LEFT);
		for (int r = 1; r < WAITERS; r++)
			await(r, KNOWN);
	} else if (rank == WAITERS - 1) {
		await(0, LEFT);
	}
	keep(rank, cohort_barrier(group));
	reach(rank, KNOWN);
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_call_left_asleep(void)
{
	hooks_reset();
	EXPECT(run(leave_call_asleep).code == 0, "exit status");
	for (int r = 0; r < WAITERS; r++)
		EXPECT(shared->slots[r].status == COHORT_EMISMATCH &&
		           said(r, "rank 0 has left its cohort_barrier"),
		       "rank %d: %s", r, shared->slots[r].sentence);
}
