#include "step_publish.h"

#include "common/base/rank_states.h"

struct rank_state *step_state(const struct world *world, int r)
{
	return &world->states->ranks[r];
}

bool step_takes_part(const struct sweep_run *run)
{
	return run->group->world->survival != NULL;
}

void step_wake_if_failed(struct world *world)
{
	if (atomic_load(world->failed))
		world->survival->wake(world);
}

void step_publish_end(const struct sweep_run *run)
{
	const struct world *world = run->group->world;
	const struct result_store *store = &run->sweep->store;

	if (!step_takes_part(run))
		return;
	struct rank_state *own = step_state(world, world->rank);
	atomic_store(&own->rested_at, result_store_place(store, store->used));
	atomic_store(&own->damaged, run->damaged);
}

void step_publish(struct sweep_run *run, enum step step)
{
	struct world *world = run->group->world;

	atomic_store(&step_state(world, world->rank)->step,
	             step_word(run->number, run->serial, step));
}

void decision_publish(struct sweep_run *run, unsigned serial,
                      enum decision decision)
{
	struct world *world = run->group->world;

	atomic_store(&world->states->decided,
	             step_word(run->number, serial, decision));
	step_wake_if_failed(world);
}

bool decision_is_refused(const struct sweep_run *run)
{
	const struct world *world = run->group->world;
	const uint64_t decided = atomic_load(&world->states->decided);
	const uint64_t step = atomic_load(&step_state(world, 0)->step);

	if (step_sweep_of(decided) == run->number)
		return step_kind_of(decided) == DECISION_REFUSED;
	return step == step_word(run->number, 0, STEP_LEFT);
}
