/*
 * cohort_scatter: the root says what is to be done, the parameters travel to
 * every rank once, every rank that can builds, and then each works through its
 * share, until all meet at the end.
 * Cost: a broadcast of the plan and one of the parameters, two allgathers of a
 * few bytes for each rank, and on the way a ticket for each chunk; with a
 * journal a broadcast of a bit for each parameter set and one more allgather.
 */
#include "plan.h"
#include "report.h"
#include "rounds.h"

#include <errno.h>
#include <stdlib.h>

static const char function[] = "cohort_scatter";

static void build(struct run *run)
{
	const cohort_job *job = run->job;

	run->state = job->build ? NULL : job->arg;
	if (run->group->world->rank >= run->workers)
		return;
	const int returned = job->build ? job->build(job->arg, &run->state) : 0;
	run->built = returned == 0;
	if (!run->built)
		error_set(COHORT_EINVAL, "%s: build returned %d on rank %d",
		          function, returned, run->group->world->rank);
}

/* Every rank learns who works, and whether all can begin. Tickets can be
 * claimed from here on. */
static cohort_status vote(struct run *run, cohort_status mine)
{
	const int rank = run->group->world->rank;
	const struct report report = {.built = run->built, .status = mine};
	struct reports reports;
	cohort_status status = report_exchange(run, &report, &reports);

	if (status != COHORT_OK)
		return status;
	for (int r = 0; r < run->group->world->size; r++) {
		run->able += reports.of[r].built != 0;
		run->before += r < rank && reports.of[r].built;
	}
	status = report_failure(run, &reports);
	free(reports.of);
	if (status == COHORT_OK && run->workers > 0 && run->able == 0)
		return error_set(COHORT_EINVAL,
		                 "%s: build failed on all %d workers, no task "
		                 "was run: see why the job's build returns "
		                 "other than 0",
		                 function, run->workers);
	return status;
}

/* Build, agree on who works, work, tear down. */
static cohort_status run_tasks(struct run *run, cohort_status mine)
{
	cohort *group = run->group;
	const size_t size = (size_t)group->world->size;

	run->workers =
	    (int)(run->pending.count < size ? run->pending.count : size);
	cohort_status status = rounds_open(run);
	if (status != COHORT_OK)
		return status;
	group->in_task = true;
	if (mine == COHORT_OK)
		build(run);
	if (mine == COHORT_OK && run->job->journal)
		mine = resume_begin(run);
	status = vote(run, mine);
	if (status == COHORT_OK) {
		run->began = true;
		progress_begin(group, run->sweep->count, run->resumed);
		status = rounds_work(run);
		progress_end(group);
	}
	if (run->built && run->job->teardown)
		run->job->teardown(run->state);
	group->in_task = false;
	return status;
}

/* All ranks have written what they have to write. */
static cohort_status end_journal(struct run *run, cohort_status status)
{
	if (!run->job->journal || !run->began || run->group->broken)
		return status;
	cohort_status written = report_agree(run, resume_end(&run->resume));
	return written != COHORT_OK ? written : status;
}

/* What was run is what cohort_gather collects from now on. */
static void keep_sweep(struct run *run)
{
	cohort *group = run->group;

	store_seal(&run->sweep->store);
	sweep_release(group->sweep);
	group->sweep = run->sweep;
	run->sweep = NULL;
}

cohort_status cohort_scatter(cohort *group, const cohort_job *job,
                             const void *params, size_t count)
{
	cohort_status mine = COHORT_OK;
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	struct run run = {
	    .group = group,
	    .job = job,
	    .call = *group_call(group, CALL_SCATTER),
	};
	if ((status = plan_check(group, job, params, count)))
		return group_refuse(group, &run.call, status);
	status = plan_distribute(&run, params, count, &mine);
	if (status == COHORT_OK)
		status = end_journal(&run, run_tasks(&run, mine));
	if (run.began && group->broken == COHORT_OK)
		keep_sweep(&run);
	sweep_release(run.sweep);
	pending_clear(&run.pending);
	resume_close(&run.resume);
	errno = group->saved_errno;
	return status;
}
