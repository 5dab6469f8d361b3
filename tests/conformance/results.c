/* Which results each rank gets, when, and how long they live; and calls that are
 * refused. */
#include "parts.h"
#include "work.h"

#include <stdlib.h>
#include <string.h>

static void opens(const struct run *run, cohort **out)
{
	const cohort_options same = {.backend = cohort_backend(run->group)};

	MUST(cohort_open(&same, out));
}

static void checks_before(const struct run *run)
{
	cohort *group;
	cohort_results *results = NULL;

	check_case("gather before any scatter");
	opens(run, &group);
	CHECK_STATUS(COHORT_ESTATE, cohort_gather(group, &results));
	CHECK_NAMES("every rank must call cohort_scatter");
	CHECK_STATUS(COHORT_ESTATE, cohort_gather_to_root(group, &results));
	CHECK(!results, "out was written");
	MUST(cohort_barrier(group));
	MUST(cohort_close(group));
}

static void checks_list(const struct run *run, const struct work *work,
                        const cohort_results *results, size_t expected)
{
	size_t count = 99999;
	const cohort_result *list = cohort_results_all(results, &count);

	CHECK(count == expected, "%zu results, not %zu", count, expected);
	work_check(run, work, list, count);
}

/* The root has all results, the others have those of the tasks that they ran. */
static void checks_to_root(const struct run *run)
{
	struct work work = {
	    .seed = 77, .count = 41, .param_bytes = 24, .failing = true};
	const cohort_job job = work_job(&work, COHORT_STATIC, 0);
	cohort_results *results;
	size_t count;

	check_case("gather_to_root");
	work_scatter(run, &work, &job);
	MUST(cohort_gather_to_root(run->group, &results));
	checks_list(run, &work, results,
	            run->rank == 0 ? work.count : work.executed);
	const cohort_result *list = cohort_results_local(results, &count);
	CHECK(count == work.executed, "%zu local, %zu run", count,
	      work.executed);
	for (size_t i = 0; i < count; i++)
		CHECK(list[i].rank == run->rank, "rank %d", list[i].rank);
	cohort_results_free(results);
}

static void checks_twice(const struct run *run)
{
	struct work work = {.seed = 3, .count = 50, .param_bytes = 8};
	const cohort_job job = work_job(&work, COHORT_GUIDED, 0);
	cohort_results *first;
	cohort_results *second;
	cohort_results *third;

	check_case("gather twice");
	work_scatter(run, &work, &job);
	MUST(cohort_gather(run->group, &first));
	MUST(cohort_gather(run->group, &second));
	cohort_results_free(first);
	MUST(cohort_gather_to_root(run->group, &third));
	checks_list(run, &work, second, work.count);
	cohort_results_free(second);
	checks_list(run, &work, third,
	            run->rank == 0 ? work.count : work.executed);
	cohort_results_free(third);
	cohort_results_free(NULL);
}

/* Results outlive the next sweep, and the group. */
static void checks_kept(const struct run *run)
{
	struct work works[3];
	cohort_results *results[3];
	cohort *group;

	check_case("results that are kept");
	opens(run, &group);
	struct run inner = *run;
	inner.group = group;
	for (size_t i = 0; i < 3; i++) {
		works[i] = (struct work){.seed = 1000 * (i + 1),
		                         .count = 37 + 10 * i,
		                         .param_bytes = 8 * i,
		                         .failing = i == 1};
		const cohort_job job = work_job(&works[i], COHORT_DYNAMIC, 2);
		work_scatter(&inner, &works[i], &job);
		MUST(cohort_gather(group, &results[i]));
	}
	for (size_t i = 0; i < 3; i++)
		checks_list(run, &works[i], results[i], works[i].count);
	MUST(cohort_close(group));
	for (size_t i = 3; i-- > 0;) {
		checks_list(run, &works[i], results[i], works[i].count);
		cohort_results_free(results[i]);
	}
}

/* Some ranks keep results that others have released and written anew. */
static void checks_kept_by_some(const struct run *run)
{
	enum { SWEEPS = 6 };
	struct work works[SWEEPS];
	cohort_results *results[SWEEPS];

	check_case("results that some keep");
	for (size_t i = 0; i < SWEEPS; i++) {
		works[i] = (struct work){
		    .seed = 100 * (i + 1), .count = 50, .param_bytes = 40};
		const cohort_job job = work_job(&works[i], COHORT_STATIC, 0);
		work_scatter(run, &works[i], &job);
		MUST(cohort_gather(run->group, &results[i]));
		if ((size_t)run->rank % SWEEPS != i)
			continue;
		checks_list(run, &works[i], results[i], works[i].count);
		cohort_results_free(results[i]);
	}
	for (size_t i = 0; i < SWEEPS; i++) {
		if ((size_t)run->rank % SWEEPS == i)
			continue;
		checks_list(run, &works[i], results[i], works[i].count);
		cohort_results_free(results[i]);
	}
}

/* Where ranks share memory, all of them read a result where it was written. */
static void checks_in_place(const struct run *run)
{
	const char *transport = getenv("COHORT_TRANSPORT");
	struct work work = {.seed = 5, .count = 33, .param_bytes = 8};
	const cohort_job job = work_job(&work, COHORT_STATIC, 0);
	cohort_results *results;
	uint64_t places[33];
	size_t count;

	check_case("results in place");
	if (strcmp(cohort_backend(run->group), "mp") ||
	    (transport && strcmp(transport, "shm")))
		return;
	work_scatter(run, &work, &job);
	MUST(cohort_gather(run->group, &results));
	const cohort_result *list = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		places[i] = (uintptr_t)list[i].data;
	MUST(cohort_bcast(run->group, places, count, COHORT_UINT64,
	                  run->size - 1));
	for (size_t i = 0; i < count; i++)
		CHECK(places[i] == (uintptr_t)list[i].data,
		      "result %zu was moved", i);
	cohort_results_free(results);
}

/* Two groups, each with a sweep of its own. */
static void checks_groups(const struct run *run)
{
	struct work mine = {.seed = 1, .count = 20, .param_bytes = 8};
	struct work other = {.seed = 2, .count = 30, .param_bytes = 16};
	const cohort_job job = work_job(&mine, COHORT_DYNAMIC, 1);
	const cohort_job other_job = work_job(&other, COHORT_DYNAMIC, 1);
	struct run inner = *run;
	cohort_results *results;

	check_case("sweeps of two groups");
	opens(run, &inner.group);
	work_scatter(run, &mine, &job);
	work_scatter(&inner, &other, &other_job);
	MUST(cohort_gather(run->group, &results));
	checks_list(run, &mine, results, mine.count);
	cohort_results_free(results);
	MUST(cohort_gather(inner.group, &results));
	checks_list(run, &other, results, other.count);
	cohort_results_free(results);
	MUST(cohort_close(inner.group));
}

struct nosy {
	cohort *group;
	cohort *beside; /* of the same processes */
	cohort *other;
	int tasks;
};

/* All calls in which other ranks would have to take part. */
static int call_everything(cohort_task *task)
{
	struct nosy *nosy = cohort_task_state(task);
	cohort *g = nosy->group;
	double x = 1;
	double y = 1;
	const size_t counts[64] = {1};
	cohort_blob blob = {&x, sizeof(x)};
	cohort_blob *all = NULL;
	cohort_results *results = NULL;
	const cohort_job job = {.execute = call_everything};

	CHECK_STATUS(COHORT_ESTATE, cohort_barrier(g));
	CHECK_NAMES("called from inside a task, where");
	CHECK_STATUS(COHORT_ESTATE, cohort_bcast(g, &x, 1, COHORT_DOUBLE, 0));
	CHECK_STATUS(COHORT_ESTATE,
	             cohort_gatherv(g, &x, 1, &y, counts, COHORT_DOUBLE, 0));
	CHECK_STATUS(COHORT_ESTATE,
	             cohort_allgatherv(g, &x, 1, &y, counts, COHORT_DOUBLE));
	CHECK_STATUS(COHORT_ESTATE,
	             cohort_allreduce(g, &x, &y, 1, COHORT_DOUBLE, COHORT_SUM));
	CHECK_STATUS(COHORT_ESTATE, cohort_bcast_object(g, &blob, 0));
	CHECK_STATUS(COHORT_ESTATE, cohort_allgather_objects(g, blob, &all));
	CHECK_STATUS(COHORT_ESTATE, cohort_scatter(g, &job, NULL, 1));
	CHECK_STATUS(COHORT_ESTATE, cohort_gather(g, &results));
	CHECK_STATUS(COHORT_ESTATE, cohort_gather_to_root(g, &results));
	CHECK_STATUS(COHORT_ESTATE, cohort_close(g));
	if (strcmp(cohort_backend(g), "serial")) {
		CHECK_STATUS(COHORT_ESTATE, cohort_barrier(nosy->beside));
		CHECK_NAMES("task");
	}
	CHECK_STATUS(
	    COHORT_ESTATE,
	    cohort_open(&(cohort_options){.backend = "mp"}, &nosy->other));
	CHECK(cohort_size(g) > 0 && !nosy->other, "accessors");
	nosy->tasks++;
	return 0;
}

static int build_and_call(void *arg, void **state)
{
	struct nosy *nosy = arg;

	CHECK_STATUS(COHORT_ESTATE, cohort_barrier(nosy->group));
	CHECK_NAMES("called from inside build, where");
	CHECK_STATUS(COHORT_ESTATE, cohort_close(nosy->group));
	CHECK_NAMES("called from inside build:");
	*state = nosy;
	return 0;
}

static void teardown_and_call(void *state)
{
	struct nosy *nosy = state;

	CHECK_STATUS(COHORT_ESTATE, cohort_barrier(nosy->group));
	CHECK_NAMES("called from inside teardown, where");
}

static void checks_inside(const struct run *run)
{
	struct nosy nosy = {.group = run->group};
	const cohort_job job = {.build = build_and_call,
	                        .execute = call_everything,
	                        .teardown = teardown_and_call,
	                        .arg = &nosy,
	                        .schedule = COHORT_STATIC};
	cohort_results *results;
	size_t count;

	check_case("collective calls inside a task");
	MUST(cohort_open(NULL, &nosy.beside));
	MUST(cohort_scatter(run->group, &job, NULL, 2 * (size_t)run->size));
	CHECK(nosy.tasks == 2, "%d tasks", nosy.tasks);
	MUST(cohort_barrier(nosy.beside));
	MUST(cohort_close(nosy.beside));
	check_case("collective calls after such a task");
	MUST(cohort_gather(run->group, &results));
	const cohort_result *list = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		CHECK(list[i].status == COHORT_OK, "%s", list[i].error);
	cohort_results_free(results);
}

void part_results(const struct run *run)
{
	checks_before(run);
	checks_to_root(run);
	checks_twice(run);
	checks_kept(run);
	checks_kept_by_some(run);
	checks_in_place(run);
	checks_groups(run);
	checks_inside(run);
}
