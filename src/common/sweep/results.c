#include "results.h"

#include <stdlib.h>

const cohort_result *cohort_results_all(const cohort_results *results,
                                        size_t *count)
{
	if (!results->complete)
		return cohort_results_local(results, count);
	*count = results->all->count;
	return result_list_all(results);
}

const cohort_result *cohort_results_local(const cohort_results *results,
                                          size_t *count)
{
	const cohort_result *list = result_list_local(results);

	*count = results->local->count;
	return list;
}

void cohort_results_free(cohort_results *results)
{
	if (!results)
		return;
	for (size_t i = 0; i < results->rank_count; i++)
		if (results->ranks[i].peer_region)
			results->regions->drop_reader(
			    results->regions, results->ranks[i].peer_region);
	sweep_release(results->sweep);
	/* It may be the last user of the memory that the sweep's records were
	 * in. */
	if (results->regions)
		results->regions->drop(results->regions);
	free(results->ranks);
	free(results->received);
	node_memory_free(&results->shared);
	result_list_free(results->all);
	result_list_free(results->local);
	free(results);
}

/* Whether the records can be walked. `own` receives how many of them this rank
 * made in this run. */
static bool check_rank(const cohort_results *results,
                       const struct rank_results *from, size_t *own,
                       size_t *all)
{
	const void *data;
	const char *error;

	for (size_t offset = 0; from->records && offset < from->bytes;) {
		if (!record_fits(from->records, offset, from->bytes,
		                 results->sweep->count))
			return false;
		const struct record *record =
		    record_read(from->records, &offset, &data, &error);
		/* Rank 0 also keeps failures of ranks that have died. */
		*own += !record->loaded && record->rank == results->rank;
		++*all;
	}
	return true;
}

static struct result_list *new_list(size_t count)
{
	struct result_list *list = calloc(1, sizeof(*list));

	if (list)
		list->count = count;
	return list;
}

int results_check(cohort_results *results, int rank)
{
	size_t own = 0;
	size_t others = 0;
	size_t all = 0;
	const bool discarded = results->sweep->discarded;

	results->rank = rank;
	for (size_t r = 0; r < results->rank_count; r++)
		if (!check_rank(results, &results->ranks[r],
		                r == (size_t)rank || discarded ? &own : &others,
		                &all))
			return (int)r;
	results->local = new_list(own);
	results->all = new_list(discarded ? all : results->sweep->count);
	return -1;
}

bool results_reserve(cohort_results *results, size_t result_bytes)
{
	results->result_bytes = result_bytes;
	return results->local && results->all &&
	       result_list_reserve(results->local, result_bytes) &&
	       (!results->complete ||
	        result_list_reserve(results->all, result_bytes));
}
