#include "collection.h"
#include "common/core/group_call.h"

#include "common/base/plural.h"

#include <stdlib.h>

_Static_assert(sizeof(struct store_summary) + 2 * sizeof(size_t) <=
                   WORLD_SCRATCH_BYTES,
               "what ranks tell of their results fits into the scratch memory");

/* Whether this rank gets the results of rank r. */
static bool gets_results_of(const struct collection *c, int r)
{
	const int rank = c->group->world->rank;

	return c->audience == EVERY_RANK || rank == 0 || r == rank;
}

cohort_status collection_open_regions(const struct collection *c,
                                      cohort_results *results)
{
	const struct world *world = c->group->world;

	results->sweep = sweep_hold(c->sweep);
	if (world->regions) {
		results->regions = world->regions;
		results->regions->hold(results->regions);
	}
	results->rank_count = (size_t)world->size;
	results->complete =
	    gets_results_of(c, 0) && gets_results_of(c, world->size - 1);
	for (int r = 0; r < world->size; r++) {
		const struct store_summary *summary = &c->summaries[r];
		struct rank_results *from = &results->ranks[r];
		if (!gets_results_of(c, r))
			continue;
		from->bytes = (size_t)summary->bytes;
		if (r == world->rank || !summary->region)
			continue;
		void *region = (void *)(uintptr_t)summary->region;
		if (!world->regions->use(world->regions, region, 0,
		                         from->bytes))
			return group_give_up(
			    c->group, &c->call,
			    error_sys("cohort_gather: cannot reach %zu bytes "
			              "of results of rank %d: mprotect",
			              from->bytes, r));
		from->peer_region = region;
	}
	return COHORT_OK;
}

void collection_read_in_place(const struct collection *c,
                              cohort_results *results)
{
	const struct world *world = c->group->world;

	for (int r = 0; r < world->size; r++)
		results->ranks[r].records = r == world->rank
		                                ? c->sweep->store.records
		                                : results->ranks[r].peer_region;
}

cohort_status collection_index(const struct collection *c,
                               cohort_results *results)
{
	const int damaged = results_check(results, c->group->world->rank);

	if (damaged >= 0)
		return error_set(COHORT_ECORRUPT,
		                 "cohort_gather: the results of rank %d are "
		                 "damaged: some task wrote to memory that is "
		                 "not its own; isolate tasks to find it",
		                 damaged);
	if (results_reserve(results, c->result_bytes))
		return COHORT_OK;
	return error_sys("cohort_gather: no memory for %zu result%s: "
	                 "calloc or malloc",
	                 c->sweep->count, plural(c->sweep->count));
}

cohort_status collection_run(cohort *group, struct sweep *sweep,
                             const struct call *call, enum audience audience,
                             size_t result_bytes, collection_fill fill,
                             cohort_results **out)
{
	const size_t size = (size_t)group->world->size;
	struct store_summary *summaries = group->world->scratch;
	size_t *words = (size_t *)(summaries + size);
	struct collection c = {
	    .group = group,
	    .sweep = sweep,
	    .call = *call,
	    .audience = audience,
	    .result_bytes = result_bytes,
	    .summaries = summaries,
	    .counts = words,
	    .offsets = words + size,
	};
	cohort_results *results = calloc(1, sizeof(*results));

	if (results)
		results->ranks = calloc(size, sizeof(*results->ranks));
	if (!results || !results->ranks)
		c.mine = error_sys("%s: rank %d has no memory for results: "
		                   "calloc",
		                   call_function(call), group->world->rank);
	const cohort_status status = fill(&c, results);
	if (status != COHORT_OK) {
		cohort_results_free(results);
		return status;
	}
	*out = results;
	return COHORT_OK;
}
