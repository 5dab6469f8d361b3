/*
 * cohort_gather: every rank's store travels as it is; what arrives is kept, and
 * indexed by parameter set.
 * Cost: one allgather of 16 bytes, one of all results; to the root, a gather.
 */
#include "group.h"
#include "sweep.h"

#include <stdlib.h>
#include <string.h>

struct cohort_results {
	struct sweep *sweep;   /* owns the parameters */
	unsigned char *stores; /* of all ranks, one after another */
	cohort_result *all;
	size_t count;
	cohort_result *local;
	size_t local_count;
};

/* What each rank says of its store before it sends it. */
struct summary {
	uint64_t bytes;
	uint64_t records;
};

/* Who gets everything. */
enum audience { EVERYBODY, ROOT_ONLY };

const cohort_result *cohort_results_all(const cohort_results *results,
                                        size_t *count)
{
	*count = results->count;
	return results->all;
}

const cohort_result *cohort_results_local(const cohort_results *results,
                                          size_t *count)
{
	*count = results->local_count;
	return results->local;
}

void cohort_results_free(cohort_results *results)
{
	if (!results)
		return;
	sweep_release(results->sweep);
	free(results->stores);
	free(results->all);
	free(results->local);
	free(results);
}

static int by_index(const void *a, const void *b)
{
	const cohort_result *x = a;
	const cohort_result *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

/* Every record in `bytes` bytes of stores, in the order of the parameters. */
static cohort_result *index_records(const struct sweep *sweep,
                                    const unsigned char *stores, size_t bytes,
                                    size_t records)
{
	cohort_result *list = calloc(records ? records : 1, sizeof(*list));
	size_t offset = 0;

	for (size_t i = 0; list && offset < bytes; i++) {
		const void *data;
		const char *error;
		const struct record *record =
		    store_read(stores, &offset, &data, &error);
		list[i] = (cohort_result){
		    .index = (size_t)record->index,
		    .rank = record->rank,
		    .status = (cohort_status)record->status,
		    .error = error,
		    .param = sweep_param(sweep, (size_t)record->index),
		    .data = data,
		    .bytes = (size_t)record->bytes,
		    .seconds = record->seconds,
		    .attempts = record->attempts,
		};
	}
	if (list)
		qsort(list, records, sizeof(*list), by_index);
	return list;
}

/* A copy of those that `rank` ran. */
static cohort_result *select_local(const cohort_results *results, int rank,
                                   size_t count)
{
	cohort_result *list = calloc(count ? count : 1, sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; list && i < results->count; i++)
		if (results->all[i].rank == rank)
			list[n++] = results->all[i];
	return list;
}

/* A collection under way. */
struct collection {
	cohort *group;
	struct call call;
	enum audience audience;
	struct summary *summaries; /* of every rank */
	size_t *counts;            /* bytes from every rank */
	size_t bytes;              /* what this rank gets */
	size_t records;
};

static cohort_status collect_summaries(struct collection *c)
{
	struct world *world = c->group->world;
	const struct store *store = &c->group->sweep->store;
	const size_t size = (size_t)world->size;
	const struct summary mine = {store->used, store->records};

	for (size_t r = 0; r < size; r++)
		c->counts[r] = sizeof(mine);
	c->call.count = sizeof(mine);
	cohort_status status = group_finish(
	    c->group, world->backend->allgatherv(world, &c->call, &mine,
	                                         c->summaries, c->counts, 1));
	if (status != COHORT_OK)
		return status;
	c->call.count = mine.bytes;
	for (size_t r = 0; r < size; r++) {
		c->counts[r] = (size_t)c->summaries[r].bytes;
		if (c->audience == EVERYBODY || world->rank == 0 ||
		    (int)r == world->rank) {
			c->bytes += c->counts[r];
			c->records += (size_t)c->summaries[r].records;
		}
	}
	return COHORT_OK;
}

static cohort_status collect_stores(const struct collection *c,
                                    unsigned char *stores)
{
	struct world *world = c->group->world;
	const struct store *store = &c->group->sweep->store;

	if (c->audience == EVERYBODY)
		return world->backend->allgatherv(world, &c->call, store->bytes,
		                                  stores, c->counts, 1);
	if (world->rank == 0)
		return world->backend->gatherv(world, &c->call, store->bytes,
		                               stores, c->counts, 1);
	if (store->used > 0)
		memcpy(stores, store->bytes, store->used);
	return world->backend->gatherv(world, &c->call, store->bytes, NULL,
	                               NULL, 1);
}

static cohort_status fill_results(struct collection *c, cohort_results *results)
{
	const int rank = c->group->world->rank;
	const size_t own = c->group->sweep->store.records;
	cohort_status status = collect_summaries(c);

	if (status != COHORT_OK)
		return status;
	results->sweep = sweep_hold(c->group->sweep);
	results->stores = malloc(c->bytes ? c->bytes : 1);
	if (!results->stores)
		return group_give_up(
		    c->group, &c->call,
		    error_sys("cohort_gather: malloc of %zu bytes of results",
		              c->bytes));
	status = group_finish(c->group, collect_stores(c, results->stores));
	if (status != COHORT_OK)
		return status;
	results->count = c->records;
	results->local_count = own;
	results->all = index_records(results->sweep, results->stores, c->bytes,
	                             c->records);
	if (results->all)
		results->local = select_local(results, rank, own);
	if (!results->local)
		return error_sys("cohort_gather: calloc for %zu results",
		                 c->records);
	return COHORT_OK;
}

static cohort_status gather(cohort *group, const char *function,
                            enum call_kind kind, enum audience audience,
                            cohort_results **out)
{
	cohort_status status = group_enter(group, function);

	if (status != COHORT_OK)
		return status;
	struct collection c = {
	    .group = group,
	    .call = group_call(group, kind),
	    .audience = audience,
	};
	c.call.counts = COUNTS_OWN;
	if (!out)
		status = error_set(COHORT_EINVAL, "%s: out is NULL", function);
	else if (!group->sweep)
		status = error_set(COHORT_ESTATE,
		                   "%s: there are no results yet: call "
		                   "cohort_scatter first",
		                   function);
	if (status != COHORT_OK)
		return group_refuse(group, &c.call, status);

	const size_t size = (size_t)group->world->size;
	cohort_results *results = calloc(1, sizeof(*results));
	c.summaries = malloc(size * sizeof(*c.summaries));
	c.counts = malloc(size * sizeof(*c.counts));
	if (!results || !c.summaries || !c.counts)
		status = group_give_up(group, &c.call,
		                       error_sys("%s: malloc", function));
	else
		status = fill_results(&c, results);
	free(c.summaries);
	free(c.counts);
	if (status != COHORT_OK) {
		cohort_results_free(results);
		return status;
	}
	*out = results;
	return COHORT_OK;
}

cohort_status cohort_gather(cohort *group, cohort_results **out)
{
	return gather(group, __func__, CALL_GATHER, EVERYBODY, out);
}

cohort_status cohort_gather_to_root(cohort *group, cohort_results **out)
{
	return gather(group, __func__, CALL_GATHER_TO_ROOT, ROOT_ONLY, out);
}
