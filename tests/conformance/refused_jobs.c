/* Jobs with a field that cannot be, the same on all ranks: a status with a sentence
 * before any task runs, and the group works as before. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "parts.h"

#include <math.h>
#include <sys/mman.h>

enum { TASKS = 12 };

/* Tasks that have run on this rank, also isolated ones. */
static _Atomic int *executed;

static int execute(cohort_task *task)
{
	(void)task;
	++*executed;
	return 0;
}

static int ignore(void *arg, const cohort_result *result)
{
	(void)arg;
	(void)result;
	return 0;
}

/* `word` is in the sentence. */
static const struct {
	const char *word;
	cohort_job job;
} refused[] = {
    {"schedule", {.schedule = (cohort_schedule)99}},
    {"isolate", {.timeout = 1}},
    {"-1", {.timeout = -1, .isolate = true}},
    {"nan", {.timeout = NAN, .isolate = true}},
    {"inf", {.timeout = INFINITY, .isolate = true}},
    {"on_result", {.discard = true}},
    {"on_result", {.discard = true, .isolate = true}},
    {"job.deadline is -1", {.deadline = -1}},
    {"job.deadline is -0.25", {.deadline = -0.25, .on_result = ignore}},
    {"job.deadline is nan", {.deadline = NAN, .isolate = true}},
    {"parameter sets 0 and 1 are equal", {.unique = true}},
    {"parameter sets 0 and 1 are equal",
     {.unique = true, .on_result = ignore, .ordered = true}},
    {"not_isolated", {.isolate = true, .not_isolated = true}},
    {"unused[0]", {.unused = {[0] = 1}}},
    {"-2", {.retries = -2, .isolate = true}},
};

static void checks_untouched(const struct run *run)
{
	const int32_t one = 1;
	int32_t sum = 0;

	CHECK(*executed == 0, "%d tasks were run", *executed);
	MUST(cohort_allreduce(run->group, &one, &sum, 1, COHORT_INT32,
	                      COHORT_SUM));
	CHECK(sum == run->size, "sum is %d", (int)sum);
}

static void checks_refused(const struct run *run)
{
	const cohort_blob sets[TASKS] = {{NULL, 0}};

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		cohort_job job = refused[i].job;
		check_case("job %zu: %s", i, refused[i].word);
		job.execute = execute;
		CHECK_STATUS(COHORT_EINVAL,
		             cohort_scatter(run->group, &job, NULL, TASKS));
		CHECK_NAMES(refused[i].word);
		checks_untouched(run);
		CHECK_STATUS(COHORT_EINVAL, cohort_scatter_objects(
		                                run->group, &job, sets, TASKS));
		CHECK_NAMES(refused[i].word);
		checks_untouched(run);
	}
}

/* What was not run above was not for another reason. */
static void checks_accepted(const struct run *run)
{
	const cohort_job job = {.execute = execute, .isolate = true};
	int32_t sum = 0;

	check_case("a job that is accepted");
	MUST(cohort_scatter(run->group, &job, NULL, TASKS));
	const int32_t mine = *executed;
	MUST(cohort_allreduce(run->group, &mine, &sum, 1, COHORT_INT32,
	                      COHORT_SUM));
	CHECK(sum == TASKS, "%d tasks were run", (int)sum);
}

void part_refused_jobs(const struct run *run)
{
	executed = mmap(NULL, sizeof(*executed), PROT_READ | PROT_WRITE,
	                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(executed != MAP_FAILED, "mmap");
	checks_refused(run);
	checks_accepted(run);
	munmap((void *)executed, sizeof(*executed));
}
