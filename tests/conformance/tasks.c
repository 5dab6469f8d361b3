/* Sweeps by schedule, chunk, number and bytes: every task once, the results in
 * order on every rank. */
#include "parts.h"
#include "schedules.h"
#include "work.h"

#include <stdlib.h>
#include <string.h>

static void checks_one(const struct run *run, cohort_schedule schedule,
                       size_t chunk, size_t count, size_t param_bytes)
{
	struct work work = {.seed = count * 8 + chunk,
	                    .count = count,
	                    .param_bytes = param_bytes,
	                    .failing = count % 2 == 1};
	const cohort_job job = work_job(&work, schedule, chunk);
	int64_t sum = 0;

	check_case("sweep of %zu tasks, schedule %d, chunk %zu, %zu bytes",
	           count, (int)schedule, chunk, param_bytes);
	work_do(run, &work, &job);
	const int64_t mine = (int64_t)work.executed;
	MUST(cohort_allreduce(run->group, &mine, &sum, 1, COHORT_INT64,
	                      COHORT_SUM));
	CHECK(sum == (int64_t)count, "%lld tasks were run, not %zu",
	      (long long)sum, count);
}

/* numpy.array_split: the first count % workers get one more. */
static void checks_split(const struct run *run, cohort_schedule schedule,
                         size_t count)
{
	const size_t size = (size_t)run->size;
	const size_t workers = count < size ? count : size;
	struct work work = {.seed = 5, .count = count, .param_bytes = 8};
	const cohort_job job = work_job(&work, schedule, 0);
	cohort_results *results;
	size_t i = 0;

	check_case("static split of %zu tasks", count);
	work_scatter(run, &work, &job);
	MUST(cohort_gather(run->group, &results));
	const cohort_result *list = cohort_results_all(results, &count);
	for (size_t r = 0; r < workers; r++) {
		size_t share = count / workers + (r < count % workers ? 1 : 0);
		for (size_t k = 0; k < share; k++, i++)
			CHECK(list[i].rank == (int)r,
			      "task %zu was run by rank %d, not %zu", i,
			      list[i].rank, r);
	}
	CHECK(i == count, "%zu", i);
	cohort_results_free(results);
}

struct sleepy {
	size_t tasks;
};

/* The first task is as long as all the others together. */
static int sleep_a_little(cohort_task *task)
{
	struct sleepy *sleepy = cohort_task_state(task);

	sleepy->tasks++;
	nap(cohort_task_index(task) == 0 ? 0.1 : 0.002);
	return 0;
}

/* A rank that is busy claims no tasks: the others run them. */
static void checks_balance(const struct run *run)
{
	struct sleepy sleepy = {0};
	const cohort_job job = {.execute = sleep_a_little,
	                        .arg = &sleepy,
	                        .schedule = COHORT_DYNAMIC,
	                        .chunk = 1};
	cohort_results *results;
	size_t count;

	check_case("dynamic sweep with one long task");
	MUST(cohort_scatter(run->group, &job, NULL, 30));
	MUST(cohort_gather(run->group, &results));
	const cohort_result *list = cohort_results_all(results, &count);
	CHECK(count == 30, "%zu results", count);
	CHECK(list[0].seconds >= 0.1 && list[0].seconds < 600,
	      "the long task took %g s", list[0].seconds);
	if (run->size > 1 && list[0].rank == run->rank)
		CHECK(sleepy.tasks < 29, "%zu tasks on the busy rank",
		      sleepy.tasks);
	cohort_results_free(results);
}

static void checks_schedule(const struct run *run, cohort_schedule schedule)
{
	static const size_t counts[] = {0, 1, 2, 3, 7, 100, 401};
	static const size_t chunks[] = {0, 1, 3};
	static const size_t bytes[] = {0, 1, 8, 48, 1000};
	size_t next = 0;

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		for (size_t k = 0; k < sizeof(chunks) / sizeof(*chunks); k++)
			checks_one(run, schedule, chunks[k], counts[i],
			           bytes[next++ % 5]);
	checks_one(run, schedule, 1000, 10, 8);
	checks_one(run, schedule, SIZE_MAX, 10, 8);
	if (!run->quick) {
		checks_one(run, schedule, 0, 20000, 0);
		checks_one(run, schedule, 0, 400, (size_t)10 << 10);
	}
}

struct row {
	int rank;
	int *executed; /* of the sweep that runs */
};

static int dawdle(cohort_task *task)
{
	struct row *row = cohort_task_state(task);

	++*row->executed;
	if (row->rank == 1)
		nap(0.001);
	return 0;
}

/* Sweeps in a row, in each of which rank 1 is late: no sweep takes tasks of the one
 * before, in which another rank may still be. */
static void checks_in_a_row(const struct run *run)
{
	enum { MANY = 40 };
	int executed[MANY] = {0};
	int sums[MANY];
	const int many = run->quick ? 5 : MANY;
	struct row row = {.rank = run->rank};
	cohort_job job = {.execute = dawdle, .arg = &row, .chunk = 1};

	for (int i = 0; i < many; i++) {
		check_case("sweep %d of %d in a row", i, many);
		row.executed = &executed[i];
		job.schedule = i % 2 ? COHORT_DYNAMIC : COHORT_GUIDED;
		MUST(cohort_scatter(run->group, &job, NULL, (size_t)i % 7));
	}
	MUST(cohort_allreduce(run->group, executed, sums, MANY, COHORT_INT32,
	                      COHORT_SUM));
	for (int i = 0; i < many; i++)
		CHECK(sums[i] == i % 7, "sweep %d had %d executions", i,
		      sums[i]);
}

void part_tasks(const struct run *run)
{
	const char *variable = getenv("COHORT_SCHEDULE");

	for (int s = COHORT_SCHEDULE_DEFAULT; s < SCHEDULES_END; s++)
		checks_schedule(run, (cohort_schedule)s);
	for (size_t count = 1; count < 20; count += 3) {
		checks_split(run, COHORT_STATIC, count);
		if (variable && !strcmp(variable, "static"))
			checks_split(run, COHORT_SCHEDULE_DEFAULT, count);
	}
	checks_balance(run);
	checks_in_a_row(run);
}
