/* Groups that tasks open: they are serial, whatever the rank's backend is, and all
 * calls work on them, in the rank's own process and in one of the task's own. */
#define _POSIX_C_SOURCE 200809L
#include "parts.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TASKS = 12, INNER = 7, CRASHING = 3 };

/* What the rank passes to its tasks. */
struct outer {
	cohort *group;
	cohort *kept; /* opened by one task, used by the next ones */
};

static void check_refused(const struct outer *outer)
{
	const cohort_options kinds[] = {{.backend = "mp", .size = 2},
	                                {.backend = "mpi"}};
	cohort *group = NULL;

	for (size_t i = 0; i < 2; i++) {
		CHECK_STATUS(COHORT_ESTATE, cohort_open(&kinds[i], &group));
		CHECK_NAMES("inside a task");
	}
	CHECK_STATUS(
	    COHORT_ECONFIG,
	    cohort_open(&(cohort_options){.mpi_comm = &group}, &group));
	CHECK_STATUS(COHORT_ESTATE, cohort_barrier(outer->group));
	CHECK_STATUS(COHORT_ESTATE, cohort_close(outer->group));
	CHECK(!group, "a group at %p", (void *)group);
}

static void check_calls(cohort *inner)
{
	double value = 1.5;
	double sum = 0;
	const size_t one = 1;
	cohort_blob *all = NULL;

	MUST(cohort_barrier(inner));
	MUST(cohort_bcast(inner, &value, 1, COHORT_DOUBLE, 0));
	MUST(cohort_allgatherv(inner, &value, 1, &sum, &one, COHORT_DOUBLE));
	MUST(cohort_allreduce(inner, &value, &sum, 1, COHORT_DOUBLE,
	                      COHORT_SUM));
	CHECK(sum == 1.5, "%g", sum);
	MUST(cohort_allgather_objects(
	    inner, (cohort_blob){&value, sizeof(value)}, &all));
	free(all);
	void *memory = cohort_alloc(inner, 5000);
	CHECK(memory != NULL, "no memory");
	cohort_free(inner, memory);
}

static int execute_inner(cohort_task *task)
{
	const size_t index = cohort_task_index(task);
	const int *crashes = cohort_task_state(task);
	size_t *result = cohort_task_result(task, sizeof(*result));

	if (*crashes && index == CRASHING)
		_exit(3);
	*result = index * index;
	return 0;
}

/* A sweep inside a task, isolated or not. */
static void check_sweep(cohort *inner, int isolated)
{
	const cohort_job job = {.execute = execute_inner,
	                        .arg = &isolated,
	                        .isolate = isolated,
	                        .not_isolated = !isolated};
	cohort_results *results = NULL;
	size_t count = 0;

	MUST(cohort_scatter(inner, &job, NULL, INNER));
	MUST(cohort_gather(inner, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	CHECK(count == INNER, "%zu results", count);
	for (size_t i = 0; i < count; i++) {
		const bool crashed = isolated && i == CRASHING;
		CHECK(all[i].status == (crashed ? COHORT_ETASK : COHORT_OK),
		      "task %zu: %s", i, all[i].error);
		CHECK(crashed || *(const size_t *)all[i].data == i * i,
		      "task %zu", i);
	}
	cohort_results_free(results);
}

static int stop_inner(cohort_task *task)
{
	if (cohort_task_index(task) == CRASHING)
		raise(SIGTERM);
	return 0;
}

/* The signal stops the inner sweep only: the rank has not asked for it. */
static void check_stop(cohort *inner)
{
	const cohort_job job = {.execute = stop_inner, .not_isolated = true};
	struct sigaction before;
	struct sigaction after;

	sigaction(SIGTERM, NULL, &before);
	MUST(cohort_stop_on_signals(inner));
	CHECK_STATUS(COHORT_ESTOPPED, cohort_scatter(inner, &job, NULL, INNER));
	CHECK(cohort_stop_signal(inner) == SIGTERM, "signal %d",
	      cohort_stop_signal(inner));
	MUST(cohort_close(inner));
	sigaction(SIGTERM, NULL, &after);
	CHECK(before.sa_handler == after.sa_handler, "another handler");
}

static int stop_by_call(cohort_task *task)
{
	if (cohort_task_index(task) == CRASHING)
		CHECK_STATUS(COHORT_OK, cohort_stop(cohort_task_state(task)));
	return 0;
}

/* So does cohort_stop; the next sweep of the group is whole. */
static void check_stop_by_call(cohort *inner)
{
	const cohort_job job = {
	    .execute = stop_by_call, .arg = inner, .not_isolated = true};

	CHECK_STATUS(COHORT_ESTOPPED, cohort_scatter(inner, &job, NULL, INNER));
	check_sweep(inner, 0);
}

/* In the rank the group is still there; in another child it is not. */
static void check_kept(struct outer *outer)
{
	if (!outer->kept)
		MUST(cohort_open(NULL, &outer->kept));
	check_calls(outer->kept);
}

static int execute_outer(cohort_task *task)
{
	struct outer *outer = cohort_task_state(task);
	const cohort_options kinds[] = {
	    {.backend = NULL}, {.backend = "auto"}, {.backend = "serial"}};
	cohort *inner = NULL;

	check_refused(outer);
	MUST(cohort_open(&kinds[cohort_task_index(task) % 3], &inner));
	CHECK(!strcmp(cohort_backend(inner), "serial"), "%s",
	      cohort_backend(inner));
	CHECK(cohort_size(inner) == 1 && cohort_rank(inner) == 0, "%d of %d",
	      cohort_rank(inner), cohort_size(inner));
	check_calls(inner);
	check_sweep(inner, false);
	check_sweep(inner, cohort_task_index(task) % 4 == 1);
	check_kept(outer);
	check_stop_by_call(inner);
	check_stop(inner);
	CHECK_STATUS(COHORT_ESTATE, cohort_barrier(inner));
	uint64_t *result = cohort_task_result(task, sizeof(*result));
	*result = cohort_task_seed(task);
	return 0;
}

static int build_outer(void *arg, void **state)
{
	cohort *inner = NULL;

	*state = arg;
	MUST(cohort_open(NULL, &inner));
	check_calls(inner);
	MUST(cohort_close(inner));
	return 0;
}

static void check_outer(const struct run *run, bool isolated)
{
	struct outer outer = {.group = run->group};
	const cohort_job job = {.build = build_outer,
	                        .execute = execute_outer,
	                        .arg = &outer,
	                        .isolate = isolated,
	                        .not_isolated = !isolated};
	cohort_results *results = NULL;
	size_t count = 0;

	check_case("groups in %s tasks", isolated ? "isolated" : "the rank's");
	MUST(cohort_scatter(run->group, &job, NULL, TASKS));
	MUST(cohort_gather(run->group, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		CHECK(all[i].status == COHORT_OK, "task %zu: %s", i,
		      all[i].error);
	cohort_results_free(results);
	CHECK(!isolated || !outer.kept, "a group of another process");
	/* The rank has what its tasks have left open. */
	if (outer.kept) {
		check_calls(outer.kept);
		MUST(cohort_close(outer.kept));
	}
	MUST(cohort_barrier(run->group));
}

void part_in_tasks(const struct run *run)
{
	check_outer(run, false);
	check_outer(run, true);
}
