/*
 * cohort_scatter: the root says what is to be done, the parameters travel to
 * every rank once, every rank that can builds, and then each works through its
 * share. At the end all ranks meet; tasks that have got lost (with a child that
 * was killed just when it had claimed them) are run in another round.
 * Cost: a broadcast of the plan and one of the parameters, two allgathers of a
 * few bytes for each rank, and on the way a ticket for each chunk; with a
 * journal a broadcast of a bit for each parameter set and one more allgather.
 */
#define _POSIX_C_SOURCE 200809L
#include "board.h"
#include "isolate.h"
#include "log.h"
#include "plan.h"
#include "report.h"
#include "stop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char function[] = "cohort_scatter";

static cohort_status open_tickets(struct run *run)
{
	struct world *world = run->group->world;
	const uint64_t total = work_tickets(run);

	if (total == 0)
		return COHORT_OK;
	return group_finish(run->group,
	                    world->backend->tickets_open(world, total));
}

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

static cohort_status work(struct run *run)
{
	struct worker worker;

	if (!run->built || run->todo.count == 0)
		return COHORT_OK;
	work_begin(run, &worker);
	return run->isolate ? isolate_work(&worker) : work_on(&worker);
}

/* All ranks have worked: whether there is anything left to be run, and why. */
static cohort_status meet(struct run *run, cohort_status mine, bool *lost)
{
	const struct report report = {
	    .records = run->sweep->store.records,
	    .status = mine,
	    .signal = stop_signal(run->group),
	};
	struct reports reports;
	uint64_t records = 0;
	int signal = 0;
	cohort_status status = report_exchange(run, &report, &reports);

	if (status != COHORT_OK)
		return status;
	for (int r = 0; r < run->group->world->size; r++) {
		records += reports.of[r].records;
		signal = signal ? signal : reports.of[r].signal;
	}
	const bool complete = records == run->sweep->count;
	status = report_failure(run, &reports);
	if (status == COHORT_OK && !complete && signal)
		status =
		    error_set(COHORT_ESTOPPED,
		              "%s: signal %d (%s) stopped the sweep with "
		              "%llu of %zu tasks done; the others were "
		              "not run",
		              function, signal, strsignal(signal),
		              (unsigned long long)records, run->sweep->count);
	*lost = !complete && status == COHORT_OK;
	free(reports.of);
	if (status != COHORT_OK && !run->group->broken)
		sweep_explain(run->sweep, status);
	return status;
}

/* What nobody has a record of is to be run. */
static cohort_status find_lost(struct run *run)
{
	const struct sweep *sweep = run->sweep;
	const size_t bytes = bits_bytes(sweep->count);
	unsigned char *done = calloc(1, bytes);
	struct world *world = run->group->world;
	struct call call = run->call;
	const void *data;
	const char *error;
	cohort_status status;

	if (!done || !store_reach(&sweep->store)) {
		free(done);
		return group_give_up(run->group, &call,
		                     error_sys("%s: memory", function));
	}
	for (size_t offset = 0; offset < sweep->store.used;)
		bits_add(done, (size_t)store_read(sweep->store.bytes, &offset,
		                                  &data, &error)
		                   ->index);
	call.op = COHORT_BOR;
	call.type = COHORT_UINT8;
	call.count = bytes;
	status = group_finish(
	    run->group, world->backend->allreduce(world, &call, done, done));
	if (status == COHORT_OK && !todo_set(&run->todo, sweep->count, done))
		status = group_give_up(run->group, &call,
		                       error_sys("%s: malloc", function));
	free(done);
	return status;
}

/* Tasks whose claims were lost are put out again. */
static cohort_status begin_round(struct run *run)
{
	const size_t before = run->todo.count;
	cohort_status mine = COHORT_OK;
	cohort_status status = find_lost(run);

	if (status != COHORT_OK)
		return status;
	if (run->group->world->rank == 0)
		log_line(LOG_WARN, 0,
		         "%zu tasks were lost with children that had claimed "
		         "them, and are run now",
		         run->todo.count);
	if (run->todo.count >= before)
		mine = error_set(COHORT_ESYS,
		                 "%s: %zu tasks were claimed and not run, "
		                 "again and again",
		                 function, before);
	status = open_tickets(run);
	return status == COHORT_OK ? report_agree(run, mine) : status;
}

static cohort_status work_in_rounds(struct run *run)
{
	for (;;) {
		bool lost;
		cohort_status status = meet(run, work(run), &lost);
		if (status == COHORT_OK && lost)
			status = begin_round(run);
		if (status != COHORT_OK || !lost)
			return status;
	}
}

/* Build, agree on who works, work, tear down. */
static cohort_status run_tasks(struct run *run, cohort_status mine)
{
	cohort *group = run->group;
	const size_t size = (size_t)group->world->size;

	run->workers = (int)(run->todo.count < size ? run->todo.count : size);
	cohort_status status = open_tickets(run);
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
		status = work_in_rounds(run);
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
	    .call = group_call(group, CALL_SCATTER),
	};
	if ((status = plan_check(group, job, params, count)))
		return group_refuse(group, &run.call, status);
	status = plan_distribute(&run, params, count, &mine);
	if (status == COHORT_OK)
		status = end_journal(&run, run_tasks(&run, mine));
	if (run.began && group->broken == COHORT_OK)
		keep_sweep(&run);
	sweep_release(run.sweep);
	todo_clear(&run.todo);
	resume_close(&run.resume);
	errno = group->saved_errno;
	return status;
}
