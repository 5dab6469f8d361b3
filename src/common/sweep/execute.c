/*
 * One pass: every rank works until no task is left, and then all agree on what
 * has come of it (pass_end.h). If tasks were lost (lost_tasks.h), these are run
 * in another pass.
 */
#define _POSIX_C_SOURCE 200809L
#include "execute.h"
#include "common/core/group_call.h"

#include "common/base/log.h"
#include "delivery.h"
#include "delivery_flow.h"
#include "delivery_patience.h"
#include "delivery_round.h"
#include "held_failure.h"
#include "lost_tasks.h"
#include "pass_end.h"
#include "status_exchange.h"
#include "step_publish.h"
#include "supervisor.h"
#include "survivors.h"
#include "sweep_stop.h"

static const char function[] = "cohort_scatter";

cohort_status execute_open(struct sweep_run *run)
{
	struct world *world = run->group->world;
	const uint64_t total = scheduler_tickets(run);

	/* The static schedule has none, but its ranks join and leave, too. */
	return run->todo.count > 0 ? world->backend->tickets_open(world, total)
	                           : COHORT_OK;
}

static cohort_status run_tasks(struct sweep_run *run)
{
	struct held_failures held = {0};
	struct worker worker;

	run->group->world->backend->tickets_join(run->group->world);
	worker_begin(run, &worker);
	if (run->isolate)
		return supervisor_run(&worker);
	worker.held = &held;
	cohort_status status = worker_run(&worker);
	if (status == COHORT_OK)
		status = held_failures_end(&held, &worker);
	held_failures_free(&held);
	return status;
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
	delivery_leave(run);
	const cohort_status left =
	    group_finish(run->group, world->backend->tickets_leave(world));
	return left != COHORT_OK ? left : status;
}

/* On rank 0: which tasks the next pass runs, and why. */
static const char *why_again(const struct sweep_run *run)
{
	if (run->singly)
		return "again, because a task wrote to memory that is not its "
		       "own, each in a process of its own";
	if (run->delivery && delivery_gave_up(run))
		return "later, because all ranks waited for the result of one "
		       "that none of them had begun";
	if (run->delivery && delivery_is_late(run))
		return "later, because a rank did not come within the timeout";
	return run->isolate ? "again, because children were killed that had "
	                      "claimed them"
	                    : "again, because a rank has claimed them and not "
	                      "run them";
}

/* Offer the lost tasks again. `was_singly`: each task of the last pass had a
 * child of its own. */
static cohort_status begin_pass(struct sweep_run *run, bool was_singly)
{
	const size_t before = run->todo.count;
	cohort_status mine = COHORT_OK;
	cohort_status status = lost_tasks_find(run);

	if (status != COHORT_OK || run->todo.count == 0)
		return status;
	if (run->group->world->rank == 0)
		log_line(LOG_WARN, 0, "tasks that are run %s: %zu",
		         why_again(run), run->todo.count);
	if (run->todo.count >= before && run->singly == was_singly)
		mine = error_set(
		    COHORT_ESYS,
		    "%s: %zu task%s claimed and not run, again and "
		    "again",
		    function, before, before == 1 ? " was" : "s were");
	const cohort_status opened = execute_open(run);
	status = status_agree(run, mine == COHORT_OK ? opened : mine);
	/* Then the next call says why not. */
	if (status == COHORT_OK && !survivors_begin_pass(run))
		status = status_agree(run, mine);
	return status;
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
		status = pass_end_agree(run, status, &lost);
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
