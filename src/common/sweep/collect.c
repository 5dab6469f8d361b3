/*
 * Where ranks share memory, every rank reads the others' records where they
 * were written. Elsewhere every store is sent as it is.
 * Cost: one allgather of 24 bytes for each rank; to send the stores, one
 * gather_shared or gather of all results.
 */
#include "collect.h"

#include <stdlib.h>

/* Number of other ranks that get this rank's results. */
static unsigned other_readers(const struct collection *c)
{
	const struct world *world = c->group->world;

	if (c->audience == EVERY_RANK)
		return (unsigned)world->size - 1;
	return world->rank == 0 ? 0 : 1;
}

static cohort_status exchange_summaries(struct collection *c)
{
	struct world *world = c->group->world;
	const struct result_store *store = &c->sweep->store;
	struct store_summary mine = {store->used, store->count, 0};

	if (store->regions && store->regions == world->regions) {
		mine.region = (uintptr_t)store->region;
		store->regions->add_readers(store->regions, store->region,
		                            other_readers(c));
	}
	for (int r = 0; r < world->size; r++)
		c->counts[r] = sizeof(mine);
	c->call.count = sizeof(mine);
	cohort_status status = group_finish(
	    c->group, world->backend->allgatherv(world, &c->call, &mine,
	                                         c->summaries, c->counts, 1));
	c->call.count = mine.bytes;
	for (int r = 0; status == COHORT_OK && r < world->size; r++)
		c->counts[r] = (size_t)c->summaries[r].bytes;
	return status;
}

/* Whether all results can be read where they are: the same on every rank. */
static bool all_in_regions(const struct collection *c)
{
	const int size = c->group->world->size;

	for (int r = 0; r < size; r++)
		if (size > 1 && c->summaries[r].bytes > 0 &&
		    !c->summaries[r].region)
			return false;
	return true;
}

/* Room for all records, one rank's after another's. */
static bool make_room_for_all(cohort_results *results, size_t *bytes)
{
	*bytes = 0;
	for (size_t r = 0; r < results->rank_count; r++)
		*bytes += results->ranks[r].bytes;
	results->received = malloc(*bytes ? *bytes : 1);
	if (!results->received)
		return false;
	const unsigned char *next = results->received;
	for (size_t r = 0; r < results->rank_count; r++) {
		results->ranks[r].records = next;
		next += results->ranks[r].bytes;
	}
	return true;
}

static cohort_status send_to_root(const struct collection *c,
                                  cohort_results *results)
{
	struct world *world = c->group->world;
	const struct result_store *store = &c->sweep->store;
	const bool receives = world->rank == 0;
	size_t bytes;

	if (receives && !make_room_for_all(results, &bytes))
		return group_give_up(
		    c->group, &c->call,
		    error_sys("%s: malloc of %zu bytes of results",
		              call_function(&c->call), bytes));
	if (!receives)
		results->ranks[world->rank].records = store->records;
	return group_finish(
	    c->group, world->backend->gatherv(world, &c->call, store->records,
	                                      results->received,
	                                      receives ? c->counts : NULL, 1));
}

/* Each machine gets one copy of all records, if its ranks can share memory. Of
 * its own records each rank has its store anyway. */
static cohort_status send_to_all(const struct collection *c,
                                 cohort_results *results)
{
	struct world *world = c->group->world;
	const unsigned char *own = c->sweep->store.records;
	const size_t size = results->rank_count;
	size_t *offsets = malloc(size * sizeof(*offsets));

	if (!offsets)
		return group_give_up(
		    c->group, &c->call,
		    error_sys("%s: malloc", call_function(&c->call)));
	cohort_status status = group_finish(
	    c->group,
	    world->backend->gather_shared(world, &c->call, own, c->counts,
	                                  &results->shared, offsets));
	for (size_t r = 0; status == COHORT_OK && r < size; r++)
		results->ranks[r].records =
		    r == (size_t)world->rank
		        ? own
		        : results->shared.data + offsets[r];
	free(offsets);
	return status;
}

static cohort_status exchange_results(struct collection *c,
                                      cohort_results *results)
{
	cohort_status status = exchange_summaries(c);

	if (status != COHORT_OK)
		return status;
	status = collection_open_regions(c, results);
	if (status == COHORT_OK && all_in_regions(c))
		collection_read_in_place(c, results);
	else if (status == COHORT_OK)
		status = c->audience == EVERY_RANK ? send_to_all(c, results)
		                                   : send_to_root(c, results);
	return status == COHORT_OK ? collection_index(c, results) : status;
}

cohort_status collect_results(cohort *group, struct sweep *sweep,
                              const struct call *call, enum audience audience,
                              size_t result_bytes, cohort_results **out)
{
	return collection_run(group, sweep, call, audience, result_bytes,
	                      exchange_results, out);
}
