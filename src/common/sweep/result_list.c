#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "result_list.h"

#include "common/base/struct_size.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LISTED = -1 };

enum { MAPPED_LEAST = 1 << 16 };

/* MADV_POPULATE_WRITE of Linux 5.14, which older headers do not have. */
enum { POPULATE_WRITE = 23 };

bool result_list_reserve(struct result_list *list, size_t result_bytes)
{
	const size_t bytes = list->count * result_bytes;
	void *items = MAP_FAILED;

	if (list->count > SIZE_MAX / result_bytes) {
		errno = ENOMEM;
		return false;
	}
	if (bytes < MAPPED_LEAST) {
		list->items = calloc(list->count + 1, result_bytes);
		return list->items != NULL;
	}
	items = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (items == MAP_FAILED)
		return false;
	list->items = items;
	list->mapped = bytes;
	return true;
}

void result_list_free(struct result_list *list)
{
	if (!list)
		return;
	if (list->mapped > 0)
		munmap(list->items, list->mapped);
	else
		free(list->items);
	free(list);
}

/* Elements of the caller's size. */
static cohort_result *item_at(const cohort_results *results,
                              const struct result_list *list, size_t i)
{
	return (void *)((unsigned char *)list->items +
	                i * results->result_bytes);
}

static void set_item(const cohort_results *results,
                     const struct result_list *list, size_t i,
                     const cohort_result *result)
{
	cohort_result *item = item_at(results, list, i);

	if (results->result_bytes == sizeof(*result))
		*item = *result;
	else
		struct_write(item, results->result_bytes, result,
		             sizeof(*result));
}

/* The next record of `from`. NULL behind the last one, or if a task has written
 * to memory that is not its own since the records were checked. */
static const struct record *next_record(const cohort_results *results,
                                        const struct rank_results *from,
                                        size_t *offset, cohort_result *out)
{
	const void *data;
	const char *error;

	if (!from->records || *offset >= from->bytes ||
	    !record_fits(from->records, *offset, from->bytes,
	                 results->sweep->count))
		return NULL;
	const struct record *record =
	    record_read(from->records, offset, &data, &error);
	const size_t index = (size_t)record->index;
	size_t param_bytes;
	/* A task of this process may write to it at any time. */
	if (index >= results->sweep->count)
		return NULL;
	const void *param = sweep_param(results->sweep, index, &param_bytes);
	*out = (cohort_result){
	    .index = index,
	    .rank = record->rank,
	    .status = (cohort_status)record->status,
	    .error = error,
	    .param = param,
	    .data = data,
	    .bytes = (size_t)record->bytes,
	    .seconds = record->seconds,
	    .attempts = record->attempts,
	    .param_bytes = param_bytes,
	};
	return record;
}

/* The result of a task that no rank has run. */
static cohort_result result_not_run(const struct sweep *sweep, size_t index)
{
	/* Ranks count results, not tasks. If a task has written to the words by
	 * which ranks claim tasks, one may have run twice and another not. */
	const bool lost = sweep->unfinished == COHORT_OK;
	size_t param_bytes;
	const void *param = sweep_param(sweep, index, &param_bytes);

	return (cohort_result){
	    .index = index,
	    .rank = -1,
	    .status = lost ? COHORT_ECORRUPT : sweep->unfinished,
	    .error = lost            ? "it was not run: some task wrote to "
	                               "memory that is not its own"
	             : sweep->reason ? sweep->reason
	                             : "it was not run",
	    .param = param,
	    .param_bytes = param_bytes,
	};
}

static int compare_index(const void *a, const void *b)
{
	const cohort_result *x = a;
	const cohort_result *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

/* Append the records of `from`, or only those that this rank ran in this
 * run. */
static void append_records(const cohort_results *results,
                           struct result_list *list,
                           const struct rank_results *from, bool own,
                           size_t *listed)
{
	const struct record *record;
	cohort_result result;

	for (size_t offset = 0;
	     *listed < list->count &&
	     (record = next_record(results, from, &offset, &result));)
		if (!own || (!record->loaded && record->rank == results->rank))
			set_item(results, list, (*listed)++, &result);
}

/* Results of a sweep that was discarded are in rank 0's store, whichever rank
 * ran them. */
static void list_some(const cohort_results *results, struct result_list *list,
                      bool own)
{
	const bool anywhere = !own || results->sweep->discarded;
	bool sorted = true;
	size_t listed = 0;

	for (size_t r = 0; r < results->rank_count; r++)
		if (anywhere || r == (size_t)results->rank)
			append_records(results, list, &results->ranks[r], own,
			               &listed);
	for (size_t i = 1; i < listed; i++)
		sorted &= item_at(results, list, i - 1)->index <
		          item_at(results, list, i)->index;
	list->count = listed;
	if (!sorted)
		qsort(list->items, listed, results->result_bytes,
		      compare_index);
}

static void list_local(const cohort_results *results, struct result_list *list)
{
	list_some(results, list, true);
}

static void list_all(const cohort_results *results, struct result_list *list)
{
	const struct sweep *sweep = results->sweep;
	cohort_result result;
	size_t listed = 0;

	if (sweep->discarded) {
		list_some(results, list, false);
		return;
	}
	for (size_t r = 0; r < results->rank_count; r++) {
		const struct rank_results *from = &results->ranks[r];
		for (size_t offset = 0;
		     next_record(results, from, &offset, &result);) {
			listed +=
			    item_at(results, list, result.index)->attempts == 0;
			set_item(results, list, result.index, &result);
		}
	}
	for (size_t i = 0; listed < sweep->count && i < sweep->count; i++) {
		if (item_at(results, list, i)->attempts > 0)
			continue;
		result = result_not_run(sweep, i);
		set_item(results, list, i, &result);
		listed++;
	}
}

/* All pages at once, as far as the system can: one by one they take twice as
 * long, and longer if they are read before they are written. */
static void fill_pages(const struct result_list *list)
{
	const int saved = errno;

	if (list->mapped > 0)
		(void)madvise(list->items, list->mapped, POPULATE_WRITE);
	errno = saved;
}

typedef void (*lay_out)(const cohort_results *results,
                        struct result_list *list);

static const cohort_result *listed(const cohort_results *results,
                                   struct result_list *list, lay_out lays_out)
{
	const int64_t own = getpid();
	int64_t state =
	    atomic_load_explicit(&list->state, memory_order_acquire);

	while (state != LISTED) {
		if (state == own) {
			sched_yield();
			state = atomic_load(&list->state);
		} else if (atomic_compare_exchange_strong(&list->state, &state,
		                                          own)) {
			fill_pages(list);
			lays_out(results, list);
			atomic_store(&list->state, LISTED);
			state = LISTED;
		}
	}
	return list->items;
}

const cohort_result *result_list_all(const cohort_results *results)
{
	return listed(results, results->all, list_all);
}

const cohort_result *result_list_local(const cohort_results *results)
{
	return listed(results, results->local, list_local);
}
