/* Workers: the lowest ranks build one each, once, and tear it down once; and workers
 * that cannot be built. */
#include "parts.h"
#include "schedules.h"

#include <string.h>

struct workshop {
	int rank;
	int fails; /* bit r: rank r cannot build */
	int builds;
	int executes;
	int teardowns;
	int made; /* the state */
};

static int build(void *arg, void **state)
{
	struct workshop *shop = arg;

	CHECK(*state == NULL, "state is %p before", *state);
	shop->builds++;
	if (shop->fails >> shop->rank & 1)
		return 7;
	*state = &shop->made;
	return 0;
}

static int execute(cohort_task *task)
{
	const size_t offset = offsetof(struct workshop, made);
	struct workshop *shop =
	    (void *)((char *)cohort_task_state(task) - offset);
	size_t *result = cohort_task_result(task, sizeof(*result));

	CHECK(shop->builds == 1 && shop->teardowns == 0,
	      "%d builds, %d teardowns before a task", shop->builds,
	      shop->teardowns);
	shop->executes++;
	*result = cohort_task_index(task) * 3;
	return 0;
}

static void teardown(void *state)
{
	const size_t offset = offsetof(struct workshop, made);
	struct workshop *shop = (void *)((char *)state - offset);

	shop->teardowns++;
}

static const cohort_job shop_job = {
    .build = build, .execute = execute, .teardown = teardown};

/* Tasks, spread over the ranks that are not in `fails`. */
static void checks_gathered(const struct run *run, size_t count, int fails)
{
	cohort_results *results;
	size_t found;

	MUST(cohort_gather(run->group, &results));
	const cohort_result *list = cohort_results_all(results, &found);
	CHECK(found == count, "%zu results, not %zu", found, count);
	for (size_t i = 0; i < found; i++) {
		size_t value = 0;
		CHECK(list[i].status == COHORT_OK && list[i].index == i &&
		          list[i].bytes == sizeof(value),
		      "task %zu: %s", i, list[i].error);
		memcpy(&value, list[i].data, sizeof(value));
		CHECK(value == 3 * i, "task %zu gave %zu", i, value);
		CHECK(!(fails >> list[i].rank & 1),
		      "task %zu was run by rank %d, which has not built", i,
		      list[i].rank);
	}
	cohort_results_free(results);
}

static void checks_one(const struct run *run, cohort_schedule schedule,
                       size_t count, int fails, bool idle_root)
{
	const int first = idle_root && run->size > 1;
	const int most = run->size - first;
	const int workers = count < (size_t)most ? (int)count : most;
	struct workshop shop = {.rank = run->rank, .fails = fails};
	cohort_job job = shop_job;
	int able = 0;

	job.arg = &shop;
	job.schedule = schedule;
	job.idle_root = idle_root;
	for (int r = first; r < first + workers; r++)
		able += !(fails >> r & 1);
	check_case("%zu tasks with schedule %d, of %d ranks %#x cannot build%s",
	           count, (int)schedule, run->size, (unsigned)fails,
	           first ? ", and the root is idle" : "");
	if (able > 0 || count == 0) {
		MUST(cohort_scatter(run->group, &job, NULL, count));
		checks_gathered(run, count, fails | first);
	} else {
		CHECK_STATUS(COHORT_EBUILD,
		             cohort_scatter(run->group, &job, NULL, count));
		CHECK_NAMES("build");
		CHECK(shop.executes == 0, "%d tasks", shop.executes);
		MUST(cohort_barrier(run->group));
	}
	const bool works = run->rank >= first && run->rank < first + workers;
	CHECK(shop.builds == works, "%d builds, %d workers", shop.builds,
	      workers);
	CHECK(shop.teardowns == (works && !(fails >> run->rank & 1)),
	      "%d teardowns", shop.teardowns);
}

/* No build: the state is arg. No teardown either. */
static int execute_bare(cohort_task *task)
{
	int *count = cohort_task_state(task);

	++*count;
	return 0;
}

static void checks_bare(const struct run *run)
{
	int32_t mine = 0;
	int32_t sum = 0;
	const cohort_job job = {.execute = execute_bare, .arg = &mine};

	check_case("no build, no teardown");
	MUST(cohort_scatter(run->group, &job, NULL, 25));
	MUST(cohort_allreduce(run->group, &mine, &sum, 1, COHORT_INT32,
	                      COHORT_SUM));
	CHECK(sum == 25, "%d tasks", (int)sum);
}

void part_builds(const struct run *run)
{
	static const size_t counts[] = {0, 1, 2, 5, 40};
	const int all = (1 << run->size) - 1;

	for (int s = COHORT_STATIC; s < SCHEDULES_END; s++)
		for (size_t i = 0; i < 5; i++) {
			const cohort_schedule schedule = (cohort_schedule)s;
			const size_t count = counts[i];
			checks_one(run, schedule, count, 0, false);
			checks_one(run, schedule, count, 1, false);
			checks_one(run, schedule, count, 0x5555 & all, false);
			checks_one(run, schedule, count, all & ~1, false);
			checks_one(run, schedule, count, all, false);
			checks_one(run, schedule, count, 0, false);
			checks_one(run, schedule, count, 0, true);
			checks_one(run, schedule, count, 2, true);
			checks_one(run, schedule, count, all, true);
		}
	checks_bare(run);
}
