#define _POSIX_C_SOURCE 200809L
#include "root_decision.h"

#include "common/base/bit_set.h"
#include "common/base/log.h"
#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"
#include "deadline_stop.h"
#include "delivery.h"
#include "delivery_order.h"
#include "kept_records.h"
#include "step_await.h"
#include "step_publish.h"
#include "sweep_stop.h"
#include "victims.h"

#include <stdlib.h>

/* Whether no rank has a status that forbids the sweep. One that has died after
 * it was READY counts too: other ranks may have learned its status. */
static bool all_can_begin(const struct sweep_run *run)
{
	const struct world *world = run->group->world;

	for (int r = 0; r < world->size; r++) {
		const struct rank_state *state = step_state(world, r);
		const uint64_t step = atomic_load(&state->step);
		if (step == step_word(run->number, 0, STEP_LEFT))
			return false;
		if (step_sweep_of(step) == run->number &&
		    atomic_load(&state->status) != COHORT_OK)
			return false;
	}
	return true;
}

cohort_status root_decide_begin(struct sweep_run *run)
{
	cohort_status status = step_await_all_come(run);

	if (status == COHORT_OK)
		decision_publish(run, 0,
		                 all_can_begin(run) ? DECISION_BEGUN
		                                    : DECISION_REFUSED);
	return status;
}

static size_t count_missing(const struct sweep_run *run,
                            const unsigned char *done)
{
	size_t missing = 0;

	for (size_t i = 0; i < run->sweep->count; i++)
		missing += !bits_have(done, i);
	return missing;
}

/* Whether some rank can run tasks, and none has a reason not to. */
static bool can_go_on(const struct sweep_run *run)
{
	const struct world *world = run->group->world;
	bool able = false;

	if (sweep_stop(run) || deadline_stop_came(run))
		return false;
	for (int r = 0; r < world->size; r++) {
		const struct rank_state *state = step_state(world, r);
		if (r > 0 && world->survival->is_dead(world, r))
			continue;
		if (step_kind_of(atomic_load(&state->step)) == STEP_LEFT)
			continue;
		if (atomic_load(&state->status) != COHORT_OK)
			return false;
		able |=
		    atomic_load(&state->built) && atomic_load(&state->store);
	}
	return able;
}

/* Whether some task has destroyed results: then each has a child of its own, so
 * that it is known which one it is. */
static bool must_run_singly(const struct sweep_run *run)
{
	const struct world *world = run->group->world;
	bool singly = run->singly;

	for (int r = 0; r < world->size; r++) {
		const struct rank_state *state = step_state(world, r);
		singly |= atomic_load(&state->store_sweep) == run->number &&
		          atomic_load(&state->damaged);
	}
	return singly;
}

/* The sweep ends: results that wait for their turn are handed over now. Those
 * that rank 0 keeps, in place of released stores, count as well. */
static cohort_status agree_at_end(struct sweep_run *run)
{
	delivery_end(run);
	return kept_records_agree(run);
}

cohort_status root_decide_next(struct sweep_run *run)
{
	struct world *world = run->group->world;
	cohort_status status = step_await_all_rest(run);
	bool acknowledged = false;

	if (status != COHORT_OK)
		return status;
	victims_log(run);
	delivery_take_kept(run);
	unsigned char *done;
	status = kept_records_done(run, false, &done);
	if (status != COHORT_OK)
		return status;
	status = victims_acknowledge(run, done, &acknowledged);
	delivery_take_kept(run);
	const size_t missing = count_missing(run, done);
	free(done);
	if (status != COHORT_OK)
		return status;
	const bool singly = must_run_singly(run);
	const bool hopeless =
	    missing == run->missing && !acknowledged && singly == run->singly;
	run->missing = missing;
	if (missing > 0 && !hopeless && can_go_on(run)) {
		status = kept_records_agree(run);
		if (status != COHORT_OK)
			return status;
		atomic_store(&world->stats->tickets[(run->serial + 1) % 2], 0);
		log_line(LOG_WARN, 0,
		         "tasks that are run again, because ranks have died%s: "
		         "%zu",
		         singly ? " and a task wrote to memory that is not its "
		                  "own, each in a process of its own"
		                : "",
		         missing);
		decision_publish(run, run->serial + 1,
		                 singly ? DECISION_SINGLY : DECISION_PASS);
	} else {
		status = agree_at_end(run);
		if (status != COHORT_OK)
			return status;
		atomic_store(&world->states->not_run, missing);
		decision_publish(run, run->serial + 1, DECISION_END);
	}
	return COHORT_OK;
}

void root_decide_end(struct sweep_run *run, uint64_t not_run)
{
	/* The sweep has failed: what cannot be read counts as not run. */
	(void)agree_at_end(run);
	atomic_store(&run->group->world->states->not_run, not_run);
	decision_publish(run, run->serial, DECISION_END);
}

void root_decide_leave(struct sweep_run *run)
{
	const uint64_t decided =
	    atomic_load(&run->group->world->states->decided);

	/* If no rank can have begun, the results of the sweep before stay. */
	if (run->sweep && run->sweep->number &&
	    (step_sweep_of(decided) != run->number ||
	     step_kind_of(decided) < DECISION_END))
		decision_publish(run, run->serial + 1, DECISION_REFUSED);
}
