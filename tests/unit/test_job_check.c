/* The sentences about jobs that cannot be run. */
#include "common/sweep/job_check.h"

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

static int execute(cohort_task *task)
{
	(void)task;
	return 0;
}

static struct world root = {.rank = 0, .size = 2};
static struct world other = {.rank = 1, .size = 2};

static void expect_refused(const cohort *group, cohort_job job,
                           const void *params, size_t count, const char *why)
{
	job.execute = execute;
	cr_expect(job_check(group, &job, params, count) == COHORT_EINVAL);
	cr_expect(strstr(cohort_error(), why), "\"%s\" has no \"%s\"",
	          cohort_error(), why);
}

static void expect_accepted(const cohort *group, cohort_job job,
                            const void *params, size_t count)
{
	job.execute = execute;
	cr_expect(job_check(group, &job, params, count) == COHORT_OK, "%s",
	          cohort_error());
}

Test(job_check, retries_and_timeouts_need_isolation)
{
	const cohort plain = {.world = &other};
	const cohort isolated = {.world = &other, .isolate = true};

	expect_accepted(&plain, (cohort_job){.retries = 0}, NULL, 0);
	expect_refused(&plain, (cohort_job){.retries = 1}, NULL, 0,
	               "job.retries is 1");
	expect_refused(&plain, (cohort_job){.retries = 1}, NULL, 0,
	               "COHORT_ISOLATE=1");
	expect_refused(&plain, (cohort_job){.timeout = 2.5}, NULL, 0,
	               "job.timeout is 2.5");
	expect_accepted(&plain,
	                (cohort_job){.retries = 1, .timeout = 1, .isolate = 1},
	                NULL, 0);
	expect_accepted(&isolated, (cohort_job){.retries = 1, .timeout = 1},
	                NULL, 0);
	expect_refused(&isolated, (cohort_job){.retries = -1}, NULL, 0,
	               "job.retries is -1");
}

Test(job_check, deadlines_are_seconds)
{
	const cohort plain = {.world = &other};

	expect_accepted(&plain, (cohort_job){.deadline = 0.5}, NULL, 0);
	expect_refused(&plain, (cohort_job){.deadline = -1}, NULL, 0,
	               "job.deadline is -1");
	expect_refused(&plain, (cohort_job){.deadline = INFINITY}, NULL, 0,
	               "job.deadline is inf");
	expect_refused(&plain, (cohort_job){.deadline = NAN}, NULL, 0,
	               "nan: it must be a number");
}

Test(job_check, parameters_count_on_the_root)
{
	const cohort first = {.world = &root};
	const cohort second = {.world = &other};
	const char params[3] = "ab";

	expect_accepted(&first, (cohort_job){.param_bytes = 1}, params, 3);
	expect_accepted(&first, (cohort_job){.param_bytes = 0}, NULL, 3);
	expect_accepted(&first, (cohort_job){.param_bytes = 1}, NULL, 0);
	expect_refused(&first, (cohort_job){.param_bytes = 1}, NULL, 3,
	               "params is NULL, but count is 3");
	expect_refused(&first, (cohort_job){.param_bytes = 1}, params, SIZE_MAX,
	               "job.param_bytes is 1");
	expect_refused(&first, (cohort_job){.param_bytes = SIZE_MAX / 2 + 1},
	               params, 1, "count is 1,");
	expect_accepted(&second, (cohort_job){.param_bytes = 1}, NULL, 3);
}
