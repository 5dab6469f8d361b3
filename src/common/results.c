#include "results.h"

#include <stdlib.h>

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
	for (size_t i = 0; i < results->part_count; i++)
		if (results->parts[i].loan)
			results->regions->give_back(results->regions,
			                            results->parts[i].loan);
	sweep_release(results->sweep);
	free(results->parts);
	free(results->moved);
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

static cohort_result read_result(const struct sweep *sweep,
                                 const unsigned char *records, size_t *offset)
{
	const void *data;
	const char *error;
	const struct record *record =
	    store_read(records, offset, &data, &error);

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

/* Every record of all parts, in the order of the parameters. */
static cohort_result *index_records(const cohort_results *results)
{
	const size_t count = results->count;
	const bool complete = count == results->sweep->count;
	cohort_result *list = calloc(count ? count : 1, sizeof(*list));
	size_t n = 0;

	for (size_t p = 0; list && p < results->part_count; p++) {
		const struct part *part = &results->parts[p];
		for (size_t offset = 0; offset < part->bytes; n++) {
			const cohort_result result =
			    read_result(results->sweep, part->records, &offset);
			list[complete ? result.index : n] = result;
		}
	}
	if (list && !complete)
		qsort(list, count, sizeof(*list), by_index);
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

bool results_index(cohort_results *results, int rank)
{
	results->all = index_records(results);
	if (results->all)
		results->local =
		    select_local(results, rank, results->local_count);
	return results->local != NULL;
}
