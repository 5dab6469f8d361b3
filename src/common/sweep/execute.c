/*
 * One pass: every rank works until no task is left, and then all exchange how
 * many results they have. A child that is killed just after a claim loses the
 * tasks that it has claimed; these are run in another pass.
 */
#define _POSIX_C_SOURCE 200809L
#include "execute.h"

#include "common/base/bit_set.h"
#include "common/base/log.h"
#include "common/base/plural.h"
#include "deadline_stop.h"
#include "delivery.h"
#include "delivery_late.h"
#include "delivery_round.h"
#include "index_digest.h"
#include "status_exchange.h"
#include "step_publish.h"
#include "supervisor.h"
#include "survivors.h"
#include "sweep_stop.h"

#include <stdlib.h>
#include <string.h>

static const char function[] = "cohort_scatter";

cohort_status execute_open(struct sweep_run *run)
{
	struct world *world = run->group->world;
	const uint64_t total = scheduler_tickets(run);

	/* The static schedule has none, but its ranks join and leave, too. */
	if (run->todo.count == 0)
		return COHORT_OK;
	return group_finish(run->group,
	                    world->backend->tickets_open(world, total));
}

static cohort_status run_tasks(struct sweep_run *run)
{
	struct worker worker;

	run->group->world->backend->tickets_join(run->group->world);
	worker_begin(run, &worker);
	return run->isolate ? supervisor_run(&worker) : worker_run(&worker);
}

static cohort_status work_on_share(struct sweep_run *run)
{
	struct world *world = run->group->world;
	cohort_status status = COHORT_OK;

	if (run->todo.count == 0)
		return COHORT_OK;
	if (run->built)
		status = run_tasks(run);
	sweep_stop_if_interrupted(run);
	const cohort_status left =
	    group_finish(run->group, world->backend->tickets_leave(world));
	return left != COHORT_OK ? left : status;
}

static cohort_status say_stopped(const struct sweep_run *run, uint64_t stop,
                                 uint64_t done)
{
	char reason[STOP_REASON_BYTES];

	sweep_stop_describe(stop, reason);
	return error_set(
	    stop_word_interrupts(stop) ? COHORT_EINTERRUPTED : COHORT_ESTOPPED,
	    "%s: %s stopped the sweep with %llu of %zu task%s done; %s not "
	    "run%s",
	    function, reason, (unsigned long long)done, run->sweep->count,
	    plural(run->sweep->count),
	    run->sweep->count == done + 1 ? "one was" : "the others were",
	    run->job->journal ? ": run the same command again to do them" : "");
}

static cohort_status say_late(const struct sweep_run *run, uint64_t done)
{
	const uint64_t count = run->sweep->count;
	const uint64_t late = count > done ? count - done : 0;

	return error_set(
	    COHORT_ESTOPPED,
	    "%s: job.deadline, of %g s, left no time for %llu of %zu task%s, "
	    "which %s not run%s",
	    function, run->job->deadline, (unsigned long long)late,
	    run->sweep->count, plural(count), late == 1 ? "was" : "were",
	    run->job->journal ? ": run the same command again to do them" : "");
}

static uint64_t digest_of_own(const struct result_store *store)
{
	uint64_t digest = 0;
	const void *data;
	const char *error;

	for (size_t offset = 0; offset < store->used;)
		digest += index_digest(
		    record_read(store->records, &offset, &data, &error)->index);
	return digest;
}

static uint64_t digest_of_tasks(size_t count)
{
	uint64_t digest = 0;

	for (size_t i = 0; i < count; i++)
		digest += index_digest(i);
	return digest;
}

/* If results are released, rank 0 has counted those that it took. */
static void count_own(const struct sweep_run *run, struct rank_status *own)
{
	const struct delivery *delivery = run->delivery;
	const struct result_store *store = &run->sweep->store;

	if (delivery && delivery->discards && delivery->arrived) {
		own->records = delivery->arrived_count;
		own->digest = run->isolate ? delivery->digest : 0;
	} else if (!delivery || delivery->segment == 0) {
		own->records = store->count;
		own->digest = run->isolate ? digest_of_own(store) : 0;
		if (delivery && !delivery->streams && run->isolate)
			own->digest += delivery->digest;
	}
}

/* The statuses of all ranks after a pass, added up. */
struct pass_end {
	uint64_t records;
	uint64_t digest;
	uint64_t stop; /* what stops the sweep; see stop_word.h */
	bool late;     /* the deadline kept tasks from being begun */
};

static struct pass_end add_up(struct sweep_run *run,
                              const struct statuses *statuses)
{
	struct pass_end end = {0};

	for (int r = 0; r < run->group->world->size; r++) {
		const struct rank_status *of = &statuses->of[r];
		end.records += of->records;
		end.digest += of->digest;
		if (!end.stop || stop_word_interrupts(of->stop))
			end.stop = of->stop;
		end.late |= of->late != 0;
		run->singly |= of->damaged != 0;
	}
	return end;
}

static bool is_complete(const struct sweep_run *run, const struct pass_end *end)
{
	const size_t count = run->sweep->count;

	return end->records == count &&
	       (!run->isolate || end->digest == digest_of_tasks(count));
}

/* What stops the sweep, as far as this rank knows. It may have been interrupted
 * after a signal, which stays the machine's reason. */
static uint64_t own_stop(const struct sweep_run *run)
{
	return group_is_interrupted(run->group)
	           ? stop_word_of_interrupt(run->number,
	                                    run->group->world->rank)
	           : sweep_stop(run);
}

/* After a pass: whether tasks were lost, and the status of the sweep, which is
 * the same on every rank. */
static cohort_status agree_on_pass(struct sweep_run *run, cohort_status mine,
                                   bool *lost)
{
	const size_t count = run->sweep->count;
	struct rank_status own = {
	    .status = (int32_t)mine,
	    .stop = own_stop(run),
	    .late = deadline_stop_came(run),
	    .damaged = run->damaged,
	};
	struct statuses statuses;

	count_own(run, &own);
	survivors_rest(run, mine);
	cohort_status status = status_exchange(run, &own, &statuses);

	if (status != COHORT_OK)
		return status;
	const struct pass_end end = add_up(run, &statuses);
	const bool complete = is_complete(run, &end);
	run->not_run = end.records < count ? count - end.records : 0;
	status = status_failure(run, &statuses);
	if (status == COHORT_OK && !complete && end.stop)
		status = say_stopped(run, end.stop, end.records);
	else if (status == COHORT_OK && !complete && end.late)
		status = say_late(run, end.records);
	if (status == COHORT_EINTERRUPTED)
		group_finish(run->group, status);
	*lost = !complete && status == COHORT_OK;
	free(statuses.of);
	if (status != COHORT_OK && !run->group->broken)
		sweep_explain(run->sweep, status);
	return status;
}

static void mark_own_results(const struct result_store *store,
                             unsigned char *done)
{
	const void *data;
	const char *error;

	for (size_t offset = 0; offset < store->used;) {
		const struct record *record =
		    record_read(store->records, &offset, &data, &error);
		bits_add(done, (size_t)record->index);
	}
}

/* The tasks that no rank has a result of become the todo list. */
static cohort_status find_lost_tasks(struct sweep_run *run)
{
	const struct sweep *sweep = run->sweep;
	const size_t bytes = bits_bytes(sweep->count);
	unsigned char *done = calloc(1, bytes);
	struct world *world = run->group->world;
	struct call call = run->call;

	if (!done)
		return group_give_up(run->group, &call,
		                     error_sys("%s: calloc", function));
	if (run->delivery && run->delivery->arrived && run->delivery->discards)
		memcpy(done, run->delivery->arrived, bytes);
	else
		mark_own_results(&sweep->store, done);
	call.op = COHORT_BOR;
	call.type = COHORT_UINT8;
	call.count = bytes;
	cohort_status status = group_finish(
	    run->group, world->backend->allreduce(world, &call, done, done));
	if (status == COHORT_OK && !todo_set(&run->todo, sweep->count, done))
		status = group_give_up(run->group, &call,
		                       error_sys("%s: malloc", function));
	free(done);
	return status;
}

/* Offer the lost tasks again. `was_singly`: each task of the last pass had a
 * child of its own. */
static cohort_status begin_pass(struct sweep_run *run, bool was_singly)
{
	const size_t before = run->todo.count;
	cohort_status mine = COHORT_OK;
	cohort_status status = find_lost_tasks(run);

	if (status != COHORT_OK || run->todo.count == 0)
		return status;
	if (run->group->world->rank == 0)
		log_line(
		    LOG_WARN, 0, "tasks that are run again, because %s: %zu",
		    run->singly ? "a task wrote to memory that is not its own, "
		                  "each in a process of its own"
		                : "children were killed that had claimed them",
		    run->todo.count);
	if (run->todo.count >= before && run->singly == was_singly)
		mine = error_set(
		    COHORT_ESYS,
		    "%s: %zu task%s claimed and not run, again and "
		    "again",
		    function, before, before == 1 ? " was" : "s were");
	status = execute_open(run);
	if (status == COHORT_OK)
		status = status_agree(run, mine);
	/* Then the next call says why not. */
	if (status == COHORT_OK && !survivors_begin_pass(run))
		status = status_agree(run, mine);
	return status;
}

/* `status` is the same on all ranks. */
static cohort_status collect_late(struct sweep_run *run, cohort_status status)
{
	char sentence[ERROR_BYTES];

	memcpy(sentence, cohort_error(), ERROR_BYTES);
	const cohort_status late = delivery_collect_late(run);
	if (status != COHORT_OK)
		return error_set(status, "%s", sentence);
	if (late != COHORT_OK && run->group->broken == COHORT_OK)
		sweep_explain(run->sweep, late);
	return late;
}

static cohort_status run_together(struct sweep_run *run)
{
	for (;;) {
		const bool was_singly = run->singly;
		bool lost = false;
		cohort_status status = work_on_share(run);
		step_publish_end(run);
		if (run->group->broken && !survivors_remain(run->group))
			return status;
		delivery_end_round(run);
		if (status == COHORT_OK)
			status = delivery_status(run);
		status = agree_on_pass(run, status, &lost);
		if (run->group->broken == COHORT_OK)
			status = collect_late(run, status);
		if (status == COHORT_OK && lost)
			status = begin_pass(run, was_singly);
		if (status != COHORT_OK || !lost || run->todo.count == 0)
			return status;
	}
}

static cohort_status run_without_dead(struct sweep_run *run)
{
	bool again = false;
	cohort_status status;

	while ((status = survivors_agree(run, &again)) == COHORT_OK && again) {
		status = work_on_share(run);
		step_publish_end(run);
		delivery_show_all(run);
		survivors_rest(run, status);
	}
	return status == COHORT_OK ? survivors_say(run)
	                           : group_finish(run->group, status);
}

cohort_status execute_run(struct sweep_run *run)
{
	cohort_status status = run_together(run);

	if (status == COHORT_EPEER && survivors_remain(run->group))
		return run_without_dead(run);
	if (run->group->broken == COHORT_OK)
		survivors_end(run, run->not_run);
	return status;
}
