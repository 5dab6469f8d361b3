/*
 * cohort_gather: where ranks share memory, every rank reads the others' results
 * where they were written; elsewhere every store travels as it is. Either way
 * they are indexed by parameter set.
 * Cost: one allgather of 24 bytes; then, to move them, one of all results, or a
 * gather.
 */
#include "group_sweeps.h"
#include "results.h"

#include <stdlib.h>

/* What each rank says of its store before others read it. */
struct summary {
	uint64_t bytes;
	uint64_t records;
	uint64_t region; /* its address, the same on every rank; or 0 */
};

/* Who gets everything. */
enum audience { EVERYBODY, ROOT_ONLY };

/* A collection under way. */
struct collection {
	cohort *group;
	struct sweep *sweep; /* the group's last one */
	struct call call;
	enum audience audience;
	size_t result_bytes;       /* in the caller's cohort_result */
	struct summary *summaries; /* of every rank */
	size_t *counts;            /* bytes from every rank */
};

/* Whether this rank gets rank r's results. */
static bool gets(const struct collection *c, int r)
{
	const int rank = c->group->world->rank;

	return c->audience == EVERYBODY || rank == 0 || r == rank;
}

/* How many others get this rank's. */
static unsigned readers(const struct collection *c)
{
	const struct world *world = c->group->world;

	if (c->audience == EVERYBODY)
		return (unsigned)world->size - 1;
	return world->rank == 0 ? 0 : 1;
}

static cohort_status collect_summaries(struct collection *c)
{
	struct world *world = c->group->world;
	const struct result_store *store = &c->sweep->store;
	struct summary mine = {store->used, store->count, 0};

	if (store->regions && store->regions == world->regions) {
		mine.region = (uintptr_t)store->records;
		store->regions->lend(store->regions, store->records,
		                     readers(c));
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

/* What this rank gets of each rank, and what it has on loan from now on. */
static cohort_status set_parts(const struct collection *c,
                               cohort_results *results)
{
	const struct world *world = c->group->world;

	results->part_count = (size_t)world->size;
	results->whole = gets(c, 0) && gets(c, world->size - 1);
	for (int r = 0; r < world->size; r++) {
		const struct summary *summary = &c->summaries[r];
		struct part *part = &results->parts[r];
		if (!gets(c, r))
			continue;
		part->bytes = (size_t)summary->bytes;
		if (r == world->rank || !summary->region)
			continue;
		void *region = (void *)(uintptr_t)summary->region;
		if (!world->regions->use(world->regions, region, part->bytes))
			return group_give_up(
			    c->group, &c->call,
			    error_sys("cohort_gather: cannot reach %zu bytes "
			              "of results of rank %d",
			              part->bytes, r));
		part->loan = region;
	}
	return COHORT_OK;
}

/* Whether all results can be read where they are; the same on every rank. */
static bool all_shared(const struct collection *c)
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
		results->parts[r].records = r == world->rank
		                                ? c->sweep->store.records
		                                : results->parts[r].loan;
}

static cohort_status move(const struct collection *c, cohort_results *results)
{
	struct world *world = c->group->world;
	const struct result_store *store = &c->sweep->store;
	const bool receives = gets(c, (world->rank + 1) % world->size);
	size_t bytes = 0;

	for (int r = 0; receives && r < world->size; r++)
		bytes += results->parts[r].bytes;
	results->moved = malloc(bytes ? bytes : 1);
	if (!results->moved)
		return group_give_up(
		    c->group, &c->call,
		    error_sys("cohort_gather: malloc of %zu bytes of results",
		              bytes));
	const unsigned char *place = results->moved;
	for (int r = 0; r < world->size; r++) {
		results->parts[r].records = place;
		place += receives ? results->parts[r].bytes : 0;
	}
	if (!receives)
		results->parts[world->rank].records = store->records;
	return group_finish(
	    c->group,
	    c->audience == EVERYBODY
	        ? world->backend->allgatherv(world, &c->call, store->records,
	                                     results->moved, c->counts, 1)
	        : world->backend->gatherv(world, &c->call, store->records,
	                                  receives ? results->moved : NULL,
	                                  receives ? c->counts : NULL, 1));
}

static cohort_status fill_results(struct collection *c, cohort_results *results)
{
	cohort_status status = collect_summaries(c);

	if (status != COHORT_OK)
		return status;
	results->sweep = sweep_hold(c->sweep);
	results->regions = c->group->world->regions;
	status = set_parts(c, results);
	if (status == COHORT_OK && all_shared(c))
		read_in_place(c, results);
	else if (status == COHORT_OK)
		status = move(c, results);
	if (status != COHORT_OK)
		return status;
	if (!results_index(results, c->group->world->rank) ||
	    !results_lay_out(results, c->result_bytes))
		return error_sys("cohort_gather: calloc for %zu results",
		                 c->sweep->count);
	return COHORT_OK;
}

/* Version 0.1's; every version's is a multiple of its alignment. */
static bool is_result_size(size_t bytes)
{
	return bytes >= offsetof(cohort_result, attempts) + sizeof(int) &&
	       bytes % _Alignof(cohort_result) == 0;
}

static cohort_status gather(cohort *group, size_t result_bytes,
                            const char *function, enum call_kind kind,
                            enum audience audience, cohort_results **out)
{
	cohort_status status = group_enter(group, function);

	if (status != COHORT_OK)
		return status;
	const struct group_sweeps *sweeps = group_sweeps_find(group);
	struct collection c = {
	    .group = group,
	    .sweep = sweeps ? sweeps->last : NULL,
	    .call = *group_call(group, kind),
	    .audience = audience,
	    .result_bytes = result_bytes,
	};
	c.call.counts = COUNTS_OWN;
	if (!out)
		status = error_set(COHORT_EINVAL, "%s: out is NULL", function);
	else if (!is_result_size(result_bytes))
		status = error_set(COHORT_EINVAL,
		                   "%s: result_bytes is %zu, which no "
		                   "version's cohort_result has: pass "
		                   "sizeof(cohort_result)",
		                   function, result_bytes);
	else if (!c.sweep)
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
	if (results)
		results->parts = calloc(size, sizeof(*results->parts));
	if (!results || !results->parts || !c.summaries || !c.counts)
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

cohort_status cohort_gather_sized(cohort *group, size_t result_bytes,
                                  cohort_results **out)
{
	return gather(group, result_bytes, "cohort_gather", CALL_GATHER,
	              EVERYBODY, out);
}

cohort_status cohort_gather_to_root_sized(cohort *group, size_t result_bytes,
                                          cohort_results **out)
{
	return gather(group, result_bytes, "cohort_gather_to_root",
	              CALL_GATHER_TO_ROOT, ROOT_ONLY, out);
}
