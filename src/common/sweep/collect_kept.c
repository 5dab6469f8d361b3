#include "collect_kept.h"

#include "common/base/rank_states.h"
#include "steps.h"
#include "survivors.h"

/* The summaries that all ranks agreed on when the sweep ended. A rank that was
 * READY for another sweep since then has overwritten its own. */
static cohort_status read_kept_summaries(struct collection *c)
{
	const struct world *world = c->group->world;

	for (int r = 0; r < world->size; r++) {
		const struct rank_state *state = &world->states->ranks[r];
		const uint64_t agreed = atomic_load(&state->agreed);
		const uint64_t store = atomic_load(&state->store);
		c->summaries[r] = (struct store_summary){0};
		if (agreed == STEP_NONE || agreed == 0)
			continue;
		if (atomic_load(&state->store_sweep) != c->sweep->number)
			return error_set(COHORT_EPEER, "%s",
			                 c->group->sentence);
		if (store)
			c->summaries[r] = (struct store_summary){
			    .bytes = agreed, .region = store};
	}
	return COHORT_OK;
}

static cohort_status read_kept_results(struct collection *c,
                                       cohort_results *results)
{
	if (c->mine != COHORT_OK)
		return c->mine;
	cohort_status status =
	    survivors_await_end(c->group, &c->call, c->sweep->number);

	if (status != COHORT_OK)
		return status;
	status = read_kept_summaries(c);
	if (status != COHORT_OK)
		return status;
	status = collection_open_regions(c, results);
	if (status != COHORT_OK)
		return status;
	collection_read_in_place(c, results);
	/* In a group that has lost a rank no region is freed, so none counts
	 * its readers. */
	for (size_t r = 0; r < results->rank_count; r++)
		results->ranks[r].peer_region = NULL;
	return collection_index(c, results);
}

cohort_status collect_kept_results(cohort *group, struct sweep *sweep,
                                   const struct call *call,
                                   enum audience audience, size_t result_bytes,
                                   cohort_results **out)
{
	return collection_run(group, sweep, call, audience, result_bytes,
	                      read_kept_results, out);
}
