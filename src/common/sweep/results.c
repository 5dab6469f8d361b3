#include "results.h"

#include "common/base/struct_size.h"

#include <stdlib.h>
#include <string.h>

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
	for (size_t i = 0; i < results->rank_count; i++)
		if (results->ranks[i].peer_region)
			results->regions->drop_reader(
			    results->regions, results->ranks[i].peer_region);
	sweep_release(results->sweep);
	free(results->ranks);
	free(results->received);
	free(results->all);
	free(results->local);
	free(results);
}

int results_damaged(const cohort_results *results)
{
	const void *data;
	const char *error;

	for (size_t r = 0; r < results->rank_count; r++) {
		const struct rank_results *from = &results->ranks[r];
		for (size_t offset = 0; from->records && offset < from->bytes;
		     record_read(from->records, &offset, &data, &error))
			if (!record_fits(from->records, offset, from->bytes,
			                 results->sweep->count))
				return (int)r;
	}
	return -1;
}

static int compare_index(const void *a, const void *b)
{
	const cohort_result *x = a;
	const cohort_result *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

static cohort_result read_result(const struct sweep *sweep,
                                 const unsigned char *records, size_t *offset,
                                 bool *loaded)
{
	const void *data;
	const char *error;
	const struct record *record =
	    record_read(records, offset, &data, &error);

	*loaded = record->loaded;
	return (cohort_result){
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

/* The result of a task that no rank has run. */
static cohort_result result_not_run(const struct sweep *sweep, size_t index)
{
	/* Ranks count results, not tasks. If a task has written to the words by
	 * which ranks claim tasks, one may have run twice and another not. */
	const bool lost = sweep->unfinished == COHORT_OK;
	return (cohort_result){
	    .index = index,
	    .rank = -1,
	    .status = lost ? COHORT_ECORRUPT : sweep->unfinished,
	    .error = lost            ? "it was not run: some task wrote to "
	                               "memory that is not its own"
	             : sweep->reason ? sweep->reason
	                             : "it was not run",
	    .param = sweep_param(sweep, index),
	};
}

/* A result for each parameter set. */
static cohort_result *list_all(cohort_results *results)
{
	const struct sweep *sweep = results->sweep;
	cohort_result *list = calloc(sweep->count + 1, sizeof(*list));
	bool loaded;

	for (size_t r = 0; list && r < results->rank_count; r++) {
		const struct rank_results *from = &results->ranks[r];
		for (size_t offset = 0; offset < from->bytes;) {
			const cohort_result result =
			    read_result(sweep, from->records, &offset, &loaded);
			list[result.index] = result;
		}
	}
	for (size_t i = 0; list && i < sweep->count; i++)
		if (list[i].attempts == 0)
			list[i] = result_not_run(sweep, i);
	results->count = sweep->count;
	return list;
}

/* The tasks that `rank` ran in this run, by index. */
static cohort_result *list_local(cohort_results *results, int rank)
{
	const struct rank_results *from = &results->ranks[rank];
	cohort_result *list =
	    calloc(results->sweep->store.count + 1, sizeof(*list));
	bool loaded;

	results->local_count = 0;
	for (size_t offset = 0; list && offset < from->bytes;) {
		list[results->local_count] = read_result(
		    results->sweep, from->records, &offset, &loaded);
		/* Rank 0 also keeps failures of ranks that have died. */
		results->local_count +=
		    !loaded && list[results->local_count].rank == rank;
	}
	if (list)
		qsort(list, results->local_count, sizeof(*list), compare_index);
	return list;
}

static cohort_result *copy_local(cohort_results *results)
{
	const size_t bytes = results->local_count * sizeof(*results->local);
	cohort_result *list = malloc(bytes + 1);

	results->count = results->local_count;
	return list ? memcpy(list, results->local, bytes) : NULL;
}

bool results_index(cohort_results *results, int rank)
{
	results->local = list_local(results, rank);
	if (results->local)
		results->all =
		    results->complete ? list_all(results) : copy_local(results);
	return results->all != NULL;
}

/* False, and the list as it was, if there is no memory. */
static bool lay_out(cohort_result **list, size_t count, size_t result_bytes)
{
	unsigned char *laid_out = calloc(count + 1, result_bytes);

	if (!laid_out)
		return false;
	for (size_t i = 0; i < count; i++)
		struct_write(laid_out + i * result_bytes, result_bytes,
		             &(*list)[i], sizeof(**list));
	free(*list);
	*list = (cohort_result *)(void *)laid_out;
	return true;
}

bool results_lay_out(cohort_results *results, size_t result_bytes)
{
	return result_bytes == sizeof(cohort_result) ||
	       (lay_out(&results->all, results->count, result_bytes) &&
	        lay_out(&results->local, results->local_count, result_bytes));
}
