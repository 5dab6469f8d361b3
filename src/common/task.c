/*
 * cohort_scatter: the parameters travel to every rank once, every rank that
 * can build does, and then each works on its static part or claims chunks by
 * ticket until there are none left.
 * Cost: one broadcast of the plan and one of the parameters, one allgather of
 * a byte, and on the way a ticket for each chunk.
 */
#define _POSIX_C_SOURCE 200809L
#include "group.h"
#include "partition.h"
#include "sweep.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FAILURE_BYTES = 512 }; /* a task's sentence is cut there */

struct cohort_task {
	struct sweep *sweep;
	size_t index;
	void *state;
	bool no_memory;
	size_t wanted; /* bytes that there was no memory for */
	char failure[FAILURE_BYTES];
};

/* What the root says of a sweep before it begins. */
struct plan {
	uint64_t count;
};

/* A scatter under way, on one rank. */
struct run {
	cohort *group;
	const cohort_job *job;
	struct sweep *sweep;
	struct call call;
	cohort_schedule schedule;
	size_t chunk;
	int workers;   /* ranks that may build: the lowest ones */
	void *state;   /* made by build */
	bool built;    /* this rank works */
	size_t able;   /* how many ranks work, and how many of them come */
	size_t before; /* before this one */
};

size_t cohort_task_index(const cohort_task *task)
{
	return task->index;
}

const void *cohort_task_param(const cohort_task *task)
{
	return sweep_param(task->sweep, task->index);
}

void *cohort_task_state(const cohort_task *task)
{
	return task->state;
}

void *cohort_task_result(cohort_task *task, size_t bytes)
{
	void *memory = store_result(&task->sweep->store, bytes);

	task->no_memory = !memory && bytes > 0;
	task->wanted = bytes;
	return memory;
}

int cohort_task_fail(cohort_task *task, const char *format, ...)
{
	char sentence[FAILURE_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	memcpy(task->failure, sentence, sizeof(sentence));
	return -1;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static cohort_status run_task(struct run *run, size_t index)
{
	cohort_task task = {
	    .sweep = run->sweep, .index = index, .state = run->state};
	/* A result that the task before did not close is none of this one's. */
	store_result(&run->sweep->store, 0);

	const double begin = now();
	const int returned = run->job->execute(&task);
	const char *failure = NULL;

	if (task.no_memory) {
		cohort_task_fail(&task, "no memory for a result of %zu bytes",
		                 task.wanted);
		failure = task.failure;
	} else if (returned != 0) {
		if (!task.failure[0])
			cohort_task_fail(&task, "execute returned %d",
			                 returned);
		failure = task.failure;
	}
	const struct record record = {
	    .index = index,
	    .seconds = now() - begin,
	    .rank = run->group->world->rank,
	    .status = failure ? COHORT_ETASK : COHORT_OK,
	    .attempts = 1,
	};
	return store_add(&run->sweep->store, &record, failure);
}

static cohort_status run_range(struct run *run, struct range range)
{
	cohort_status status = COHORT_OK;

	for (size_t i = 0; i < range.count && status == COHORT_OK; i++)
		status = run_task(run, range.begin + i);
	return status;
}

static cohort_status run_tickets(struct run *run)
{
	const struct world *world = run->group->world;
	const size_t count = run->sweep->count;
	uint64_t ticket;

	for (;;) {
		cohort_status status =
		    world->backend->tickets_claim(run->group->world, &ticket);
		if (status != COHORT_OK)
			return status;
		struct range range =
		    run->schedule == COHORT_DYNAMIC
		        ? partition_chunk(count, run->chunk, ticket)
		        : partition_guided(count, (size_t)run->workers,
		                           run->chunk, ticket);
		if (range.count == 0)
			return COHORT_OK;
		status = run_range(run, range);
		if (status != COHORT_OK)
			return status;
	}
}

static cohort_status open_tickets(struct run *run)
{
	const struct world *world = run->group->world;
	const size_t count = run->sweep->count;

	if (run->schedule == COHORT_STATIC)
		return COHORT_OK;
	return world->backend->tickets_open(
	    run->group->world,
	    run->schedule == COHORT_DYNAMIC
	        ? partition_chunk_tickets(count, run->chunk)
	        : partition_guided_tickets(count, (size_t)run->workers,
	                                   run->chunk));
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
		error_set(COHORT_EINVAL,
		          "cohort_scatter: build returned %d on rank %d",
		          returned, run->group->world->rank);
}

/* Every rank learns who works. Nobody passes before all have come, so that
 * tickets can be claimed from here on. */
static cohort_status vote(struct run *run)
{
	struct world *world = run->group->world;
	const size_t size = (size_t)world->size;
	size_t *counts = malloc(size * sizeof(*counts));
	unsigned char *votes = malloc(size);
	const unsigned char mine = run->built;
	struct call call = run->call;
	cohort_status status;

	call.counts = COUNTS_OWN;
	call.count = 1;

	if (!counts || !votes) {
		status = group_give_up(
		    run->group, &call,
		    error_sys("cohort_scatter: malloc of %zu votes", size));
		goto done;
	}
	for (size_t r = 0; r < size; r++)
		counts[r] = 1;
	status = group_finish(
	    run->group,
	    world->backend->allgatherv(world, &call, &mine, votes, counts, 1));
	for (size_t r = 0; status == COHORT_OK && r < size; r++) {
		run->able += votes[r];
		run->before += r < (size_t)world->rank ? votes[r] : 0;
	}
done:
	free(votes);
	free(counts);
	return status;
}

static cohort_status work(struct run *run)
{
	if (!run->built)
		return COHORT_OK;
	if (run->schedule != COHORT_STATIC)
		return run_tickets(run);
	return run_range(
	    run, partition_block(run->sweep->count, run->able, run->before));
}

/* Build, agree on who works, work, tear down. */
static cohort_status run_sweep(struct run *run)
{
	cohort *group = run->group;
	if (run->workers == 0)
		return COHORT_OK;
	cohort_status status = group_finish(group, open_tickets(run));
	if (status != COHORT_OK)
		return status;
	group->in_task = true;
	build(run);
	group->in_task = false;
	status = vote(run);
	group->in_task = true;
	if (status == COHORT_OK && (status = work(run)) != COHORT_OK)
		group_give_up(group, &run->call, status);
	if (run->built && run->job->teardown)
		run->job->teardown(run->state);
	group->in_task = false;
	if (status == COHORT_OK && run->able == 0)
		return error_set(COHORT_EINVAL,
		                 "cohort_scatter: build failed on all %d "
		                 "workers, no task was run: see why the job's "
		                 "build returns other than 0",
		                 run->workers);
	return status;
}

/* The plan and the parameters, from the root to every rank. */
static cohort_status distribute(struct run *run, const void *params,
                                size_t count)
{
	cohort *group = run->group;
	struct world *world = group->world;
	struct plan plan = {count};

	cohort_status status =
	    group_finish(group, world->backend->bcast(world, &run->call, &plan,
	                                              sizeof(plan)));
	if (status != COHORT_OK)
		return status;
	run->sweep = sweep_create((size_t)plan.count, run->job->param_bytes,
	                          world->regions);
	if (!run->sweep)
		return group_give_up(group, &run->call, COHORT_ENOMEM);
	const size_t bytes = run->sweep->count * run->sweep->param_bytes;
	if (bytes == 0)
		return COHORT_OK;
	if (world->rank == 0)
		memcpy(run->sweep->params, params, bytes);
	return group_finish(group,
	                    world->backend->bcast(world, &run->call,
	                                          run->sweep->params, bytes));
}

static cohort_status check_job(const cohort *group, const cohort_job *job,
                               const void *params, size_t count)
{
	static const char function[] = "cohort_scatter";

	if (!job)
		return error_set(COHORT_EINVAL, "%s: job is NULL", function);
	if (!job->execute)
		return error_set(COHORT_EINVAL,
		                 "%s: job.execute is NULL: a job needs it",
		                 function);
	if (!config_schedule_valid(job->schedule))
		return error_set(COHORT_EINVAL,
		                 "%s: job.schedule is %d, which is no "
		                 "cohort_schedule",
		                 function, (int)job->schedule);
	if (group->world->rank != 0 || count == 0 || job->param_bytes == 0)
		return COHORT_OK;
	if (!params)
		return error_set(COHORT_EINVAL,
		                 "%s: params is NULL, but there are %zu "
		                 "parameter sets",
		                 function, count);
	if (count > PTRDIFF_MAX / job->param_bytes)
		return error_set(COHORT_EINVAL,
		                 "%s: %zu parameter sets of %zu bytes are more "
		                 "than there can be in memory",
		                 function, count, job->param_bytes);
	return COHORT_OK;
}

cohort_status cohort_scatter(cohort *group, const cohort_job *job,
                             const void *params, size_t count)
{
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	struct run run = {
	    .group = group,
	    .job = job,
	    .call = group_call(group, CALL_SCATTER),
	};
	if ((status = check_job(group, job, params, count)))
		return group_refuse(group, &run.call, status);
	run.schedule = job->schedule ? job->schedule : group->schedule;
	run.chunk = job->chunk ? job->chunk : group->chunk;
	run.chunk = run.chunk ? run.chunk : 1;
	run.call.op = run.schedule;
	run.call.count = job->param_bytes;
	run.call.detail = run.chunk;

	if ((status = distribute(&run, params, count)) == COHORT_OK) {
		const size_t size = (size_t)group->world->size;
		run.workers =
		    (int)(run.sweep->count < size ? run.sweep->count : size);
		status = run_sweep(&run);
	}
	if (status != COHORT_OK) {
		sweep_release(run.sweep);
		return status;
	}
	store_seal(&run.sweep->store);
	sweep_release(group->sweep);
	group->sweep = run.sweep;
	return COHORT_OK;
}
