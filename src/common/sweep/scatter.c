/*
 * cohort_scatter: the root sends the sweep to every rank and its parameters
 * once to each machine, the workers call the job's build, and all ranks run
 * tasks until none is left.
 * Cost: two broadcasts of a few bytes and, among machines, one of the
 * parameters; an allreduce and two allgathers of a few bytes for each rank; a
 * ticket for each chunk. With a journal one more broadcast, of a bit for each
 * parameter set, and one more allgather.
 */
#include "common/base/cancellation.h"
#include "common/base/jump_watch.h"
#include "common/base/log.h"
#include "common/base/struct_size.h"
#include "common/core/callback.h"
#include "common/core/group_call.h"
#include "common/core/group_list.h"
#include "deadline_stop.h"
#include "delivery.h"
#include "delivery_open.h"
#include "delivery_order.h"
#include "delivery_round.h"
#include "distribute.h"
#include "execute.h"
#include "group_sweeps.h"
#include "job_check.h"
#include "progress_line.h"
#include "status_exchange.h"
#include "survivors.h"
#include "workers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char function[] = "cohort_scatter";

/* Run the tasks while the root shows the progress. */
static cohort_status execute_watched(struct sweep_run *run)
{
	const cohort *group = run->group;
	const struct world *world = group->world;
	struct progress *progress = &run->sweeps->progress;
	struct progress_line *line = NULL;

	progress_begin(progress, world, run->sweep->count, run->resumed);
	if (world->rank == 0)
		line =
		    progress_line_begin(progress, world, group->progress_mode);
	delivery_begin(run);
	cohort_status status = execute_run(run);
	if (group->broken == COHORT_OK || run->survived)
		delivery_end(run);
	progress_end(progress, world);
	progress_line_end(line);
	if (world->rank == 0)
		progress_log(progress, world);
	return status;
}

/* From the first call of build to the last of teardown. Not inlined: its frame
 * tells whether a function of the program was left by longjmp. */
__attribute__((noinline)) static cohort_status
build_and_run(struct sweep_run *run, cohort_status mine)
{
	cohort *group = run->group;
	struct jump_watch watch;

	workers_choose(run);
	const cohort_status opened = execute_open(run);
	if (mine == COHORT_OK)
		mine = opened;
	group_list_begin_task(group, __builtin_frame_address(0));
	jump_watch_begin(&watch, callback_jumped_sweep, group);
	const char *outer = group_set_callback(NULL);
	if (mine == COHORT_OK)
		workers_build(run);
	if (mine == COHORT_OK && run->job->journal)
		mine =
		    checkpoint_begin(&run->checkpoint, run->job, group->world);
	if (mine == COHORT_OK)
		mine = deadline_stop_prepare(run);
	if (mine == COHORT_OK)
		mine = delivery_open(run);
	cohort_status status = workers_agree(run, mine);
	if (status == COHORT_OK)
		survivors_begin(run);
	else if (status == COHORT_EPEER && survivors_remain(group))
		status = survivors_begin_late(run);
	if (status == COHORT_OK)
		status = deadline_stop_begin(run);
	if (status == COHORT_OK) {
		run->began = true;
		checkpoint_ready(&run->checkpoint, group->world);
		status = execute_watched(run);
	}
	workers_tear_down(run);
	group_set_callback(outer);
	jump_watch_end(&watch);
	group_list_end_task(group);
	return status;
}

/* Every rank closes its writer, and learns whether all records were written. */
static cohort_status end_journal(struct sweep_run *run, cohort_status status)
{
	if (!run->job->journal || !run->began ||
	    (run->group->broken && !run->survived))
		return status;
	/* Rank 0 holds the lock until all have ended theirs. */
	if (run->group->world->rank != 0 && !run->survived)
		journal_writer_drop_empty(run->checkpoint.writer);
	const cohort_status mine = checkpoint_end(&run->checkpoint);
	if (run->survived) {
		if (mine != COHORT_OK)
			log_line(LOG_WARN, run->group->world->rank, "%s",
			         cohort_error());
		return error_set(status, "%s", run->group->sentence);
	}
	cohort_status written = status_agree(run, mine);
	if (written == COHORT_EPEER && survivors_remain(run->group))
		written = survivors_conclude(run);
	return written != COHORT_OK ? written : status;
}

/* The job's results were released as they were read. */
static void keep_undiscarded(struct sweep_run *run)
{
	struct result_store *store = &run->sweep->store;

	result_store_free(store);
	*store = run->delivery->kept;
	run->delivery->kept = (struct result_store){0};
	run->sweep->discarded = true;
}

/* From now on cohort_gather returns the results of this sweep. */
static void keep_sweep(struct sweep_run *run)
{
	result_store_seal(&run->sweep->store);
	sweep_release(run->sweeps->last);
	run->sweeps->last = run->sweep;
	run->sweep = NULL;
}

/* All ranks return this failure. Programs that fail often leave without
 * cohort_close. A rank that leaves while others still receive the failure would
 * break the call for them, and they would return COHORT_EPEER. So no rank
 * returns before all have it. The barrier itself may fail. */
static void await_all_told(const struct sweep_run *run, cohort_status failure)
{
	cohort *group = run->group;
	char sentence[ERROR_BYTES];

	if (failure == COHORT_OK || (group->broken && !run->shared))
		return;
	memcpy(sentence, cohort_error(), ERROR_BYTES);
	cohort_status status =
	    group->world->backend->barrier(group->world, &run->call);
	if (status != COHORT_OK && group->broken == COHORT_OK)
		group_break(group, status);
	error_set(failure, "%s", sentence);
}

static cohort_status read_job(const cohort_job *job, size_t job_bytes,
                              cohort_job *out)
{
	if (!job)
		return error_set(
		    COHORT_EINVAL,
		    "%s: job is NULL: pass the address of a cohort_job",
		    function);
	if (!struct_read(out, sizeof(*out), job, job_bytes))
		return struct_refuse(COHORT_EINVAL, function, "job", job_bytes,
		                     sizeof(*out));
	return COHORT_OK;
}

/* Check the job and the parameter sets, and set source->bytes. */
static cohort_status check_call(const cohort *group, const cohort_job *job,
                                struct param_source *source)
{
	if (source->bytes != PARAM_SIZES_DIFFER) {
		source->bytes = job->param_bytes;
		return job_check(group, job, source->sets, source->count);
	}
	if (job->param_bytes > 0)
		return error_set(COHORT_EINVAL,
		                 "%s: job.param_bytes is %zu, but each "
		                 "parameter set has a size of its own: leave "
		                 "it 0, or call cohort_scatter",
		                 call_function(group->world->call),
		                 job->param_bytes);
	cohort_status status = job_check(group, job, NULL, 0);
	if (status != COHORT_OK || group->world->rank != 0)
		return status;
	return param_source_check(source, call_function(group->world->call));
}

static cohort_status scatter(cohort *group, enum call_kind kind,
                             const cohort_job *job, size_t job_bytes,
                             struct param_source source)
{
	cohort_job whole;
	cohort_status mine = COHORT_OK;
	struct group_sweeps spare = {0};
	struct sweep_run run = {
	    .group = group,
	    .job = &whole,
	    .call = *group_call(group, kind),
	};
	cohort_status status = read_job(job, job_bytes, &whole);

	if (status == COHORT_OK)
		status = check_call(group, &whole, &source);
	if (status != COHORT_OK)
		return group_refuse(group, &run.call, status);
	run.param_bytes = source.bytes;
	run.sweeps = group_sweeps_attach(group, function);
	if (!run.sweeps) { /* the others learn of it where all agree */
		run.sweeps = &spare;
		mine = COHORT_ENOMEM;
	}
	const int cancel_state = cancellation_forbid();
	LEFT_CALL_GUARD guard = {group};
	run.has_deadline = whole.deadline > 0;
	run.stop_at = deadline_stop_time(&whole);
	survivors_enter(&run);
	status = distribute_sweep(&run, &source, &mine);
	if (status == COHORT_OK)
		status = end_journal(&run, build_and_run(&run, mine));
	if (run.delivery && run.delivery->discards)
		keep_undiscarded(&run);
	delivery_close(&run);
	survivors_leave(&run);
	atomic_store(&run.sweeps->current, 0);
	if (run.began && (group->broken == COHORT_OK || run.survived))
		keep_sweep(&run);
	else if (group->broken != COHORT_OK && run.sweeps->last)
		run.sweeps->last->number = 0; /* not the results asked for */
	sweep_release(run.sweep);
	node_memory_free(&run.spare.params);
	todo_clear(&run.todo);
	checkpoint_close(&run.checkpoint);
	await_all_told(&run, status);
	guard.group = NULL;
	cancellation_allow(cancel_state);
	errno = group->saved_errno;
	return group_leave(group, status);
}

/* Sentences begin with the name of the call that was made. */
static cohort_status scatter_as(cohort *group, enum call_kind kind,
                                const cohort_job *job, size_t job_bytes,
                                struct param_source source)
{
	const char *called = call_function(&(struct call){.kind = kind});
	/* A broken group's sentence has the name of the call that broke it. */
	const struct error_call before = error_begin_call(NULL, called);
	cohort_status status = group_enter(group, called);

	if (status == COHORT_OK) {
		error_begin_call(function, called);
		status = scatter(group, kind, job, job_bytes, source);
	}
	error_end_call(before);
	return status;
}

cohort_status cohort_scatter_sized(cohort *group, const cohort_job *job,
                                   size_t job_bytes, const void *params,
                                   size_t count)
{
	return scatter_as(
	    group, CALL_SCATTER, job, job_bytes,
	    (struct param_source){.count = count, .sets = params});
}

cohort_status cohort_scatter_objects_sized(cohort *group, const cohort_job *job,
                                           size_t job_bytes,
                                           const cohort_blob params[],
                                           size_t count)
{
	return scatter_as(group, CALL_SCATTER_OBJECTS, job, job_bytes,
	                  (struct param_source){.bytes = PARAM_SIZES_DIFFER,
	                                        .count = count,
	                                        .objects = params});
}
