#include "delivery_file_offer.h"

#include "common/base/region_allocator.h"

/* Whether rank 0 reads this rank's counters, and may read its records. */
static bool can_offer(const struct sweep_run *run)
{
	const struct world *world = run->group->world;

	return world->result_transfer && world->rank > 0 && !run->isolate &&
	       world->nodes == 1;
}

void delivery_file_offer(struct sweep_run *run)
{
	struct rank_state *state = delivery_own_state(run);
	struct result_store *store = &run->sweep->store;

	state->file = (struct node_memory_address){0};
	atomic_store(&state->file_state, RANK_FILE_NONE);
	if (!can_offer(run))
		return;
	result_store_init(store, &file_regions);
	if (!store->regions)
		return;
	state->file = file_region_address(store->region);
	atomic_store(&state->file_state, RANK_FILE_OFFERED);
}

enum rank_file_state delivery_file_state(const struct sweep_run *run)
{
	return (enum rank_file_state)atomic_load(
	    &delivery_own_state(run)->file_state);
}

bool delivery_file_is_read(const struct sweep_run *run)
{
	const struct result_store *store = &run->sweep->store;

	return store->used == 0 ||
	       atomic_load(&delivery_own_state(run)->taken) >=
	           result_store_place(store, store->used);
}
