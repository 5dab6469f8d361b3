#include "job_check.h"

#include "common/base/schedule.h"

#include <math.h>

static const char function[] = "cohort_scatter";

bool job_is_isolated(const cohort *group, const cohort_job *job)
{
	return !job->not_isolated && (job->isolate || group->isolate);
}

static cohort_status check_flags(const cohort_job *job)
{
	if (job->isolate && job->not_isolated)
		return error_set(COHORT_EINVAL,
		                 "%s: job.isolate and job.not_isolated are "
		                 "both set: set one of them",
		                 function);
	if (job->discard && !job->on_result)
		return error_set(COHORT_EINVAL,
		                 "%s: job.discard is set, but job.on_result is "
		                 "NULL: nobody would get the results; set "
		                 "on_result",
		                 function);
	for (size_t i = 0; i < sizeof(job->unused); i++)
		if (job->unused[i])
			return error_set(COHORT_EINVAL,
			                 "%s: job.unused[%zu] is not 0: "
			                 "initialise the whole cohort_job, as "
			                 "with {.execute = f}",
			                 function, i);
	return COHORT_OK;
}

/* A time limit and retries need tasks that run in child processes. */
static cohort_status check_isolation(const cohort *group, const cohort_job *job)
{
	const bool isolated = job_is_isolated(group, job);

	if (!(job->timeout >= 0) || isinf(job->timeout))
		return error_set(COHORT_EINVAL,
		                 "%s: job.timeout is %g: it must be a number "
		                 "of seconds, or 0 for no limit",
		                 function, job->timeout);
	if (job->retries < 0)
		return error_set(COHORT_EINVAL,
		                 "%s: job.retries is %d: it must be 0 or more",
		                 function, job->retries);
	if (job->timeout > 0 && !isolated)
		return error_set(COHORT_EINVAL,
		                 "%s: job.timeout is %g, but a task can only "
		                 "be ended in a process of its own: set "
		                 "job.isolate, or COHORT_ISOLATE=1 without "
		                 "job.not_isolated",
		                 function, job->timeout);
	if (job->retries > 0 && !isolated)
		return error_set(COHORT_EINVAL,
		                 "%s: job.retries is %d, but only a task in a "
		                 "process of its own can crash and be tried "
		                 "again: set job.isolate, or COHORT_ISOLATE=1 "
		                 "without job.not_isolated",
		                 function, job->retries);
	return COHORT_OK;
}

static cohort_status check_job_deadline(const cohort_job *job)
{
	if (job->deadline >= 0 && !isinf(job->deadline))
		return COHORT_OK;
	return error_set(COHORT_EINVAL,
	                 "%s: job.deadline is %g: it must be a number of "
	                 "seconds from the call, or 0 for none",
	                 function, job->deadline);
}

static cohort_status check_identity_bytes(const cohort_job *job)
{
	if (job->identity || job->identity_bytes == 0)
		return COHORT_OK;
	return error_set(COHORT_EINVAL,
	                 "%s: job.identity is NULL, but job.identity_bytes is "
	                 "%zu: pass the address of the bytes",
	                 function, job->identity_bytes);
}

static cohort_status check_params(const cohort_job *job, const void *params,
                                  size_t count)
{
	if (count == 0 || job->param_bytes == 0)
		return COHORT_OK;
	if (!params)
		return error_set(COHORT_EINVAL,
		                 "%s: params is NULL, but count is %zu: pass "
		                 "the address of the parameter sets",
		                 function, count);
	if (count > PTRDIFF_MAX / job->param_bytes)
		return error_set(COHORT_EINVAL,
		                 "%s: the parameter sets do not fit in memory: "
		                 "count is %zu, job.param_bytes is %zu",
		                 function, count, job->param_bytes);
	return COHORT_OK;
}

cohort_status job_check(const cohort *group, const cohort_job *job,
                        const void *params, size_t count)
{
	if (!job->execute)
		return error_set(COHORT_EINVAL,
		                 "%s: job.execute is NULL: a job needs it",
		                 function);
	if (!schedule_valid(job->schedule))
		return error_set(COHORT_EINVAL,
		                 "%s: job.schedule is %d, which is no "
		                 "cohort_schedule",
		                 function, (int)job->schedule);
	cohort_status status = check_flags(job);
	if (status == COHORT_OK)
		status = check_isolation(group, job);
	if (status == COHORT_OK)
		status = check_job_deadline(job);
	if (status == COHORT_OK)
		status = check_identity_bytes(job);
	if (status != COHORT_OK || group->world->rank != 0)
		return status;
	return check_params(job, params, count);
}
