/* A program switches features off that the environment switches on. */
#define _POSIX_C_SOURCE 200809L
#include "parts.h"

#include <stdlib.h>
#include <time.h>

static int count_task(cohort_task *task)
{
	int *ran = cohort_task_state(task);

	++*ran;
	return 0;
}

/* How many tasks have left a trace in this rank's memory. */
static int traces(cohort *group, cohort_job job)
{
	int32_t ran = 0;
	int32_t sum = 0;

	job.execute = count_task;
	job.arg = &ran;
	MUST(cohort_scatter(group, &job, NULL, 20));
	MUST(cohort_allreduce(group, &ran, &sum, 1, COHORT_INT32, COHORT_SUM));
	return (int)sum;
}

static void checks_isolation(const struct run *run)
{
	const cohort_options same = {.backend = cohort_backend(run->group)};
	const cohort_job both = {
	    .execute = count_task, .isolate = true, .not_isolated = true};
	const cohort_job limited = {
	    .execute = count_task, .timeout = 1, .not_isolated = true};
	cohort *group;

	check_case("not isolated, with COHORT_ISOLATE=1");
	setenv("COHORT_ISOLATE", "1", 1);
	MUST(cohort_open(&same, &group));
	unsetenv("COHORT_ISOLATE");
	int found = traces(group, (cohort_job){0});
	CHECK(found == 0, "%d isolated tasks wrote into their rank", found);
	found = traces(group, (cohort_job){.not_isolated = true});
	CHECK(found == 20, "%d tasks ran in their rank", found);
	CHECK_STATUS(COHORT_EINVAL, cohort_scatter(group, &both, NULL, 1));
	CHECK_NAMES("not_isolated");
	CHECK_STATUS(COHORT_EINVAL, cohort_scatter(group, &limited, NULL, 1));
	CHECK_NAMES("not_isolated");
	MUST(cohort_close(group));
}

/* The last rank comes to a barrier later than COHORT_TIMEOUT allows. */
static void checks_timeout(const struct run *run)
{
	const cohort_options options = {
	    .backend = cohort_backend(run->group),
	    .timeout = COHORT_NO_TIMEOUT,
	};
	const struct timespec longer = {.tv_nsec = 300 * 1000 * 1000};
	cohort *group;

	check_case("no timeout, with COHORT_TIMEOUT=0.1");
	setenv("COHORT_TIMEOUT", "0.1", 1);
	MUST(cohort_open(&options, &group));
	unsetenv("COHORT_TIMEOUT");
	if (run->rank == run->size - 1)
		nanosleep(&longer, NULL);
	MUST(cohort_barrier(group));
	MUST(cohort_close(group));
}

void part_off(const struct run *run)
{
	checks_isolation(run);
	checks_timeout(run);
}
