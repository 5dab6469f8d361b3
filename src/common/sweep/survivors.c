#define _POSIX_C_SOURCE 200809L
#include "survivors.h"
#include "common/core/group_call.h"

#include "common/base/plural.h"
#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"
#include "deadline_stop.h"
#include "group_sweeps.h"
#include "kept_records.h"
#include "root_decision.h"
#include "step_await.h"
#include "step_publish.h"
#include "sweep_stop.h"
#include "victims.h"

#include <stdio.h>
#include <stdlib.h>

bool survivors_remain(const cohort *group)
{
	const struct world *world = group->world;

	return world->survival && world->survival->is_possible(world);
}

void survivors_enter(struct sweep_run *run)
{
	struct world *world = run->group->world;

	run->number = step_sweep(world->number, ++run->group->scatters);
	world->sweep = run->number;
	atomic_store(&run->sweeps->current, run->number);
}

void survivors_ready(struct sweep_run *run, cohort_status mine)
{
	const struct world *world = run->group->world;
	const struct result_store *store = &run->sweep->store;

	if (!step_takes_part(run))
		return;
	struct rank_state *own = step_state(world, world->rank);
	struct rank_counters *counters = &world->stats->ranks[world->rank];
	const bool shared = store->regions && store->regions == world->regions;
	/* The number changes first and last, so that nobody takes the records
	 * of one sweep for those of another. */
	atomic_store(&own->store_sweep, 0);
	atomic_store(&own->store, shared ? (uintptr_t)store->region : 0);
	step_publish_end(run);
	atomic_store(&counters->stored, store->used);
	atomic_store(&counters->shown, store->used);
	counter_write(&counters->running, 0);
	atomic_store(&own->built, run->built);
	atomic_store(&own->acknowledged, 0);
	atomic_store(&own->store_sweep, run->number);
	run->sweep->number = run->number;
	if (run->delivery)
		kept_records_publish(run);
	survivors_rest(run, mine);
}

void survivors_rest(struct sweep_run *run, cohort_status mine)
{
	struct world *world = run->group->world;

	if (!step_takes_part(run))
		return;
	atomic_store(&step_state(world, world->rank)->status, (int)mine);
	step_publish(run, STEP_READY);
	step_wake_if_failed(world);
}

void survivors_begin(struct sweep_run *run)
{
	run->passes = 1;
	if (!step_takes_part(run))
		return;
	step_publish(run, STEP_WORKS);
	if (run->group->world->rank == 0)
		decision_publish(run, 0, DECISION_BEGUN);
}

/* Either rank 0, which is about to decide, sees that this rank works, or this
 * rank sees that the world has failed: each writes before it reads. */
bool survivors_begin_pass(struct sweep_run *run)
{
	run->passes++;
	if (!step_takes_part(run))
		return true;
	step_publish(run, STEP_WORKS);
	if (!atomic_load(run->group->world->failed))
		return true;
	step_publish(run, STEP_READY);
	return false;
}

bool survivors_must_leave(const struct sweep_run *run)
{
	if (!survivors_remain(run->group))
		return true;
	victims_log(run);
	if (decision_is_refused(run))
		return true;
	/* Rank 0 may not have begun this pass: see what it decides. */
	return run->passes > 1 && run->serial == 0;
}

/* A rank that has died before it was READY does not count, on no rank: no rank
 * can have completed the exchange without it. */
static void count_able(struct sweep_run *run)
{
	const struct world *world = run->group->world;

	run->able = 0;
	run->before = 0;
	for (int r = 0; r < world->size; r++) {
		const struct rank_state *state = step_state(world, r);
		if (atomic_load(&state->store_sweep) != run->number ||
		    !atomic_load(&state->built))
			continue;
		run->able++;
		run->before += r < world->rank;
	}
}

cohort_status survivors_begin_late(struct sweep_run *run)
{
	cohort_status status = run->group->world->rank == 0
	                           ? root_decide_begin(run)
	                           : step_await_decision(run);

	if (status != COHORT_OK)
		return status;
	if (decision_is_refused(run))
		return error_set(COHORT_EPEER, "%s", run->group->sentence);
	count_able(run);
	if (run->workers > 0 && run->able == 0)
		return error_set(COHORT_EBUILD,
		                 "cohort_scatter: build failed on all workers "
		                 "that have not died");
	run->passes = 1;
	step_publish(run, STEP_WORKS);
	return COHORT_OK;
}

/* Begin the pass that rank 0 has decided. Its schedule is dynamic, since ranks
 * that still live share what the dead have left. */
static cohort_status follow(struct sweep_run *run)
{
	unsigned char *done;
	const cohort_status status = kept_records_done(run, true, &done);

	if (status != COHORT_OK)
		return status;
	const bool made = todo_set(&run->todo, run->sweep->count, done);
	free(done);
	if (!made)
		return error_sys("cohort_scatter: malloc");
	run->schedule = COHORT_DYNAMIC;
	run->chunk = 0;
	step_publish(run, STEP_WORKS);
	return COHORT_OK;
}

cohort_status survivors_agree(struct sweep_run *run, bool *again)
{
	struct world *world = run->group->world;
	cohort_status status;

	status = world->rank == 0 ? root_decide_next(run)
	                          : step_await_next_decision(run);
	if (status != COHORT_OK)
		return status;
	const uint64_t decided = atomic_load(&world->states->decided);
	*again = step_kind_of(decided) < DECISION_END;
	run->singly |= step_kind_of(decided) == DECISION_SINGLY;
	run->serial = step_serial_of(decided);
	if (decision_is_refused(run))
		return error_set(COHORT_EPEER, "%s", run->group->sentence);
	run->survived = !*again;
	return *again ? follow(run) : COHORT_OK;
}

void survivors_end(struct sweep_run *run, uint64_t not_run)
{
	if (step_takes_part(run) && run->group->world->rank == 0)
		root_decide_end(run, not_run);
}

cohort_status survivors_conclude(struct sweep_run *run)
{
	cohort_status status =
	    survivors_await_end(run->group, &run->call, run->number);

	if (status != COHORT_OK)
		return status;
	run->survived = true;
	return survivors_say(run);
}

void survivors_leave(struct sweep_run *run)
{
	struct world *world = run->group->world;

	if (!step_takes_part(run) || !run->number)
		return;
	if (world->rank == 0)
		root_decide_leave(run);
	run->serial = 0;
	step_publish(run, STEP_LEFT);
	step_wake_if_failed(world);
}

cohort_status survivors_say(struct sweep_run *run)
{
	const struct world *world = run->group->world;
	const unsigned long long not_run = atomic_load(&world->states->not_run);
	const size_t count = run->sweep->count;
	const char *were = not_run == 1 ? "was" : "were";
	const uint64_t stop = sweep_stop(run);
	const bool stopped = stop || deadline_stop_came(run);
	char reason[STOP_REASON_BYTES];
	char text[VICTIM_BYTES];

	victims_describe(run, text);
	if (stop)
		sweep_stop_describe(stop, reason);
	else
		snprintf(reason, sizeof(reason), "job.deadline");
	if (not_run == 0)
		error_set(COHORT_EPEER,
		          "cohort_scatter: %s; the other ranks have finished "
		          "the sweep, and cohort_gather has all results",
		          text);
	else if (stopped)
		error_set(COHORT_ESTOPPED,
		          "cohort_scatter: %s, and %s stopped the "
		          "sweep: %llu of %zu task%s %s not run; "
		          "cohort_gather has the results of the others",
		          text, reason, not_run, count, plural(count), were);
	else
		error_set(COHORT_EPEER,
		          "cohort_scatter: %s; %llu of %zu task%s %s not run, "
		          "and cohort_gather has the results of the others",
		          text, not_run, count, plural(count), were);
	sweep_explain(run->sweep, stopped ? COHORT_ESTOPPED : COHORT_EPEER);
	return group_finish(run->group, COHORT_EPEER);
}

cohort_status survivors_await_end(cohort *group, const struct call *call,
                                  uint64_t sweep)
{
	cohort_status status = step_await_end(group, call, sweep);

	if (status != COHORT_OK)
		return status;
	const uint64_t decided = atomic_load(&group->world->states->decided);
	if (step_sweep_of(decided) != sweep ||
	    step_kind_of(decided) != DECISION_END)
		return error_set(COHORT_EPEER, "%s", group->sentence);
	return COHORT_OK;
}
