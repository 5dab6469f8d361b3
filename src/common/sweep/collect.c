/*
 * Where ranks share memory, every rank reads the others' records where they
 * were written. Elsewhere every store is sent as it is.
 * Cost: one allgather of 24 bytes for each rank; to send the stores, one
 * gather_shared or gather of all results.
 */
#include "collect.h"
#include "common/core/group_call.h"

#include <stdlib.h>

/* Number of other ranks that get this rank's results. */
static unsigned other_readers(const struct collection *c)
{
	const struct world *world = c->group->world;

	if (c->audience == EVERY_RANK)
		return (unsigned)world->size - 1;
	return world->rank == 0 ? 0 : 1;
}

/* The lowest rank that cannot take part fails the call on all ranks. */
static cohort_status check_summaries(const struct collection *c)
{
	for (int r = 0; r < c->group->world->size; r++) {
		const struct inability inability = {
		    r, (cohort_status)c->summaries[r].status};
		if (inability.status != COHORT_OK)
			return group_lack(c->group, &c->call, &inability,
			                  c->mine, "results");
	}
	return COHORT_OK;
}

static cohort_status exchange_summaries(struct collection *c)
{
	struct world *world = c->group->world;
	const struct result_store *store = &c->sweep->store;
	struct store_summary mine = {store->used, c->mine, 0};

	if (c->mine != COHORT_OK && !world->backend->agree)
		return group_give_up(c->group, &c->call, c->mine);
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
	return status == COHORT_OK ? check_summaries(c) : status;
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

static size_t bytes_of_all(const struct collection *c)
{
	size_t bytes = 0;

	for (int r = 0; r < c->group->world->size; r++)
		bytes += c->counts[r];
	return bytes;
}

/* Whether the results fit into what reserve_small has allocated, on all
 * ranks. */
static bool fits_reserved(const struct collection *c)
{
	return c->group->world->backend->agree &&
	       bytes_of_all(c) <= GATHERED_SMALL_BYTES;
}

/* A few results need no agreement of their own: a rank that has no memory for
 * them says so with its summary. */
static void reserve_small(struct collection *c, cohort_results *results)
{
	const struct world *world = c->group->world;
	bool reserved = true;

	if (!world->backend->agree || world->size == 1 || c->mine != COHORT_OK)
		return;
	if (c->audience == EVERY_RANK)
		reserved =
		    node_memory_create(&results->shared, GATHERED_SMALL_BYTES,
		                       NODE_MEMORY_PRIVATE);
	else if (world->rank == 0)
		reserved =
		    (results->received = malloc(GATHERED_SMALL_BYTES)) != NULL;
	if (!reserved)
		c->mine = error_sys("%s: rank %d has no memory for results: "
		                    "malloc or mmap",
		                    call_function(&c->call), world->rank);
}

/* Room for the records of the other ranks. */
static bool make_room_on_root(const struct collection *c,
                              cohort_results *results)
{
	const size_t bytes = bytes_of_all(c) - c->counts[0];

	if (fits_reserved(c))
		return true;
	free(results->received);
	results->received = malloc(bytes ? bytes : 1);
	return results->received != NULL;
}

/* One rank's records after another's. */
static void lay_out_received(cohort_results *results)
{
	const unsigned char *next = results->received;
	for (size_t r = 1; r < results->rank_count; r++) {
		results->ranks[r].records = next;
		next += results->ranks[r].bytes;
	}
}

/* Rank 0 reads its own records where they are, and sends itself nothing. */
static cohort_status gather_on_root(struct collection *c,
                                    cohort_results *results)
{
	struct world *world = c->group->world;

	lay_out_received(results);
	c->call.count = 0;
	c->counts[0] = 0;
	return group_finish(
	    c->group, world->backend->gatherv(world, &c->call, NULL,
	                                      results->received, c->counts, 1));
}

static cohort_status send_to_root(struct collection *c, cohort_results *results)
{
	struct world *world = c->group->world;
	const struct result_store *store = &c->sweep->store;
	const bool receives = world->rank == 0;
	cohort_status mine = COHORT_OK;

	if (receives && !make_room_on_root(c, results))
		mine = error_sys("%s: rank 0 has no memory for %zu bytes of "
		                 "results: malloc",
		                 call_function(&c->call),
		                 bytes_of_all(c) - c->counts[0]);
	if (!fits_reserved(c)) {
		const cohort_status status =
		    group_agree(c->group, &c->call, mine, "all results");
		if (status != COHORT_OK)
			return status;
	}
	results->ranks[world->rank].records = store->records;
	if (receives)
		return gather_on_root(c, results);
	return group_finish(c->group, world->backend->gatherv(world, &c->call,
	                                                      store->records,
	                                                      NULL, NULL, 1));
}

/* Each machine gets one copy of all records, if its ranks can share memory. Of
 * its own records each rank has its store anyway. */
static cohort_status send_to_all(const struct collection *c,
                                 cohort_results *results)
{
	struct world *world = c->group->world;
	const unsigned char *own = c->sweep->store.records;
	const bool small = fits_reserved(c);
	cohort_status lack = COHORT_OK;

	if (!small)
		node_memory_free(&results->shared);
	cohort_status status = group_finish(
	    c->group,
	    world->backend->gather_shared(world, &c->call, own, c->counts,
	                                  &results->shared, c->offsets, &lack));
	if (status != COHORT_OK || lack != COHORT_OK)
		return status != COHORT_OK ? status : lack;
	for (size_t r = 0; r < results->rank_count; r++)
		results->ranks[r].records =
		    r == (size_t)world->rank
		        ? own
		        : results->shared.data + c->offsets[r];
	return !small || node_memory_finish(&results->shared)
	           ? COHORT_OK
	           : error_sys("%s: mprotect", call_function(&c->call));
}

static cohort_status exchange_results(struct collection *c,
                                      cohort_results *results)
{
	reserve_small(c, results);
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
