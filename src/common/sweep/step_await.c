#include "step_await.h"

#include "common/base/rank_states.h"
#include "delivery.h"
#include "step_publish.h"

/* A condition that a rank waits for; *awaited receives the rank that delays
 * it. */
typedef bool (*wait_condition)(const cohort *group, uint64_t word,
                               int *awaited);

/* `delivery` may be NULL; otherwise rank 0 hands over results meanwhile. */
static cohort_status await(const cohort *group, const struct call *call,
                           wait_condition holds, uint64_t word,
                           struct delivery *delivery)
{
	struct world *world = group->world;
	struct survival_wait wait = {.call = call};
	cohort_status status = COHORT_OK;

	while (status == COHORT_OK) {
		wait.wakes = world->survival->wakes(world);
		if (holds(group, word, &wait.awaited))
			return COHORT_OK;
		if (delivery)
			delivery_poll(delivery, false);
		status = world->survival->sleep(world, &wait);
	}
	return status;
}

/* Rank 0 takes no part in the sweep of `word` any more. */
static bool root_has_left(const cohort *group, uint64_t word)
{
	const uint64_t step = atomic_load(&step_state(group->world, 0)->step);

	return step_sweep_of(step) == step_sweep_of(word) &&
	       step_kind_of(step) == STEP_LEFT;
}

/* Rank 0 has decided about the sweep of `word` for the first time. */
static bool has_decided(const cohort *group, uint64_t word, int *awaited)
{
	const uint64_t decided = atomic_load(&group->world->states->decided);

	*awaited = 0;
	return step_sweep_of(decided) == step_sweep_of(word) ||
	       root_has_left(group, word);
}

/* Rank 0 has taken a decision after the one of `word`. */
static bool has_decided_again(const cohort *group, uint64_t word, int *awaited)
{
	const uint64_t decided = atomic_load(&group->world->states->decided);

	*awaited = 0;
	return (step_sweep_of(decided) == step_sweep_of(word) &&
	        (step_serial_of(decided) > step_serial_of(word) ||
	         step_kind_of(decided) >= DECISION_END)) ||
	       root_has_left(group, word);
}

/* Rank 0 has ended the sweep of `word`, or has begun another one since. */
static bool has_ended(const cohort *group, uint64_t word, int *awaited)
{
	const uint64_t decided = atomic_load(&group->world->states->decided);

	*awaited = 0;
	return step_sweep_of(decided) != step_sweep_of(word) ||
	       step_kind_of(decided) >= DECISION_END;
}

/* Every rank has died, or has come to the sweep of `word`. */
static bool all_have_come(const cohort *group, uint64_t word, int *awaited)
{
	const struct world *world = group->world;

	for (int r = 1; r < world->size; r++) {
		const uint64_t step = atomic_load(&step_state(world, r)->step);
		*awaited = r;
		if (step_sweep_of(step) != step_sweep_of(word) &&
		    !world->survival->is_dead(world, r))
			return false;
	}
	return true;
}

/* Every rank has died, has left, or runs no task after the decision of
 * `word`. */
static bool all_rest(const cohort *group, uint64_t word, int *awaited)
{
	const struct world *world = group->world;

	for (int r = 1; r < world->size; r++) {
		const uint64_t step = atomic_load(&step_state(world, r)->step);
		const bool left = step_sweep_of(step) == step_sweep_of(word) &&
		                  step_kind_of(step) == STEP_LEFT;
		*awaited = r;
		if (step != word && !left &&
		    !world->survival->is_dead(world, r))
			return false;
	}
	return true;
}

cohort_status step_await_all_come(const struct sweep_run *run)
{
	return await(run->group, &run->call, all_have_come,
	             step_word(run->number, 0, STEP_READY), NULL);
}

cohort_status step_await_all_rest(const struct sweep_run *run)
{
	return await(run->group, &run->call, all_rest,
	             step_word(run->number, run->serial, STEP_READY),
	             run->delivery);
}

cohort_status step_await_decision(const struct sweep_run *run)
{
	return await(run->group, &run->call, has_decided,
	             step_word(run->number, 0, STEP_READY), NULL);
}

cohort_status step_await_next_decision(const struct sweep_run *run)
{
	return await(run->group, &run->call, has_decided_again,
	             step_word(run->number, run->serial, 0), NULL);
}

cohort_status step_await_end(const cohort *group, const struct call *call,
                             uint64_t sweep)
{
	return await(group, call, has_ended, step_word(sweep, 0, 0), NULL);
}
