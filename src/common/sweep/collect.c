/*
 * Where ranks share memory, every rank reads the others' records where they were
 * written. Elsewhere every store is sent as it is.
 * Cost: one allgather of 24 bytes for each rank; to send the stores, one
 * allgather or gather of all results.
 */
#include "collect.h"

#include "common/base/worker_stats.h"
#include "steps.h"
#include "survivors.h"

#include <stdlib.h>

/* One rank's store, as it announces it to the others. */
struct store_summary {
	uint64_t bytes;
	uint64_t records;
	uint64_t region; /* its address, which is the same on every rank; 0: the
	                    store is in no region that others can read */
};

struct collection {
	cohort *group;
	struct sweep *sweep;
	struct call call;
	enum audience audience;
	size_t result_bytes;             /* in the caller's cohort_result */
	struct store_summary *summaries; /* of every rank */
	size_t *counts;                  /* bytes from every rank */
};

/* Whether this rank gets the results of rank r. */
static bool gets_results_of(const struct collection *c, int r)
{
	const int rank = c->group->world->rank;

	return c->audience == EVERY_RANK || rank == 0 || r == rank;
}

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
		mine.region = (uintptr_t)store->records;
		store->regions->lend(store->regions, store->records,
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

/* Make the regions of the ranks readable whose results this rank gets. */
static cohort_status borrow_regions(const struct collection *c,
                                    cohort_results *results)
{
	const struct world *world = c->group->world;

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
			              "of results of rank %d",
			              from->bytes, r));
		from->borrowed = region;
	}
	return COHORT_OK;
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

static void read_in_place(const struct collection *c, cohort_results *results)
{
	const struct world *world = c->group->world;

	for (int r = 0; r < world->size; r++)
		results->ranks[r].records = r == world->rank
		                                ? c->sweep->store.records
		                                : results->ranks[r].borrowed;
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

static cohort_status send_stores(const struct collection *c,
                                 cohort_results *results)
{
	struct world *world = c->group->world;
	const struct result_store *store = &c->sweep->store;
	const bool receives = c->audience == EVERY_RANK || world->rank == 0;
	size_t bytes;

	if (receives && !make_room_for_all(results, &bytes))
		return group_give_up(
		    c->group, &c->call,
		    error_sys("cohort_gather: malloc of %zu bytes of results",
		              bytes));
	if (!receives)
		results->ranks[world->rank].records = store->records;
	return group_finish(
	    c->group,
	    c->audience == EVERY_RANK
	        ? world->backend->allgatherv(world, &c->call, store->records,
	                                     results->received, c->counts, 1)
	        : world->backend->gatherv(world, &c->call, store->records,
	                                  results->received,
	                                  receives ? c->counts : NULL, 1));
}

/* The summaries that all ranks agreed on when the sweep ended. A rank that was
 * READY for another sweep since then has overwritten its own. */
static cohort_status read_summaries(struct collection *c)
{
	const struct world *world = c->group->world;

	for (int r = 0; r < world->size; r++) {
		const struct rank_counters *counters = &world->stats->ranks[r];
		const uint64_t agreed = atomic_load(&counters->agreed);
		const uint64_t store = atomic_load(&counters->store);
		c->summaries[r] = (struct store_summary){0};
		if (agreed == STEP_NONE || agreed == 0)
			continue;
		if (atomic_load(&counters->store_sweep) != c->sweep->number)
			return error_set(COHORT_EPEER, "%s",
			                 c->group->sentence);
		if (store)
			c->summaries[r] = (struct store_summary){
			    .bytes = agreed, .region = store};
	}
	return COHORT_OK;
}

static cohort_status index_results(const struct collection *c,
                                   cohort_results *results)
{
	const int damaged = results_damaged(results);

	if (damaged >= 0)
		return error_set(COHORT_ECORRUPT,
		                 "cohort_gather: the results of rank %d are "
		                 "damaged: some task wrote to memory that is "
		                 "not its own; isolate tasks to find it",
		                 damaged);
	if (results_index(results, c->group->world->rank) &&
	    results_lay_out(results, c->result_bytes))
		return COHORT_OK;
	return error_sys("cohort_gather: calloc for %zu results",
	                 c->sweep->count);
}

/* No region is freed in a group that has lost a rank, so none is given back. */
static cohort_status fill_left_results(struct collection *c,
                                       cohort_results *results)
{
	cohort_status status =
	    survivors_await_end(c->group, &c->call, c->sweep->number);

	if (status != COHORT_OK)
		return status;
	status = read_summaries(c);
	if (status != COHORT_OK)
		return status;
	results->sweep = sweep_hold(c->sweep);
	results->regions = c->group->world->regions;
	status = borrow_regions(c, results);
	if (status != COHORT_OK)
		return status;
	read_in_place(c, results);
	for (size_t r = 0; r < results->rank_count; r++)
		results->ranks[r].borrowed = NULL;
	return index_results(c, results);
}

static cohort_status fill_results(struct collection *c, cohort_results *results)
{
	cohort_status status = exchange_summaries(c);

	if (status != COHORT_OK)
		return status;
	results->sweep = sweep_hold(c->sweep);
	results->regions = c->group->world->regions;
	status = borrow_regions(c, results);
	if (status == COHORT_OK && all_in_regions(c))
		read_in_place(c, results);
	else if (status == COHORT_OK)
		status = send_stores(c, results);
	return status == COHORT_OK ? index_results(c, results) : status;
}

typedef cohort_status (*fill)(struct collection *c, cohort_results *results);

static cohort_status collect(cohort *group, struct sweep *sweep,
                             const struct call *call, enum audience audience,
                             size_t result_bytes, fill fills,
                             cohort_results **out)
{
	const size_t size = (size_t)group->world->size;
	struct collection c = {
	    .group = group,
	    .sweep = sweep,
	    .call = *call,
	    .audience = audience,
	    .result_bytes = result_bytes,
	    .summaries = malloc(size * sizeof(*c.summaries)),
	    .counts = malloc(size * sizeof(*c.counts)),
	};
	cohort_results *results = calloc(1, sizeof(*results));
	cohort_status status;

	if (results)
		results->ranks = calloc(size, sizeof(*results->ranks));
	if (!results || !results->ranks || !c.summaries || !c.counts)
		status =
		    group_give_up(group, &c.call,
		                  error_sys("%s: malloc", call_function(call)));
	else
		status = fills(&c, results);
	free(c.summaries);
	free(c.counts);
	if (status != COHORT_OK) {
		cohort_results_free(results);
		return status;
	}
	*out = results;
	return COHORT_OK;
}

cohort_status collect_results(cohort *group, struct sweep *sweep,
                              const struct call *call, enum audience audience,
                              size_t result_bytes, cohort_results **out)
{
	return collect(group, sweep, call, audience, result_bytes, fill_results,
	               out);
}

cohort_status collect_left_results(cohort *group, struct sweep *sweep,
                                   const struct call *call,
                                   enum audience audience, size_t result_bytes,
                                   cohort_results **out)
{
	return collect(group, sweep, call, audience, result_bytes,
	               fill_left_results, out);
}
