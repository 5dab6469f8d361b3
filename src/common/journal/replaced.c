/*
 * Only records that have failed, and those of runs that ran failed tasks again,
 * are looked at; usually these are few. They are sorted twice: by digest, index
 * and order of reading, to find pairs of one index; then without the index.
 */
#include "replaced.h"

#include <stdlib.h>

struct candidate {
	uint64_t first; /* set that has its digest */
	uint64_t index;
	uint64_t number; /* in the order of reading */
	uint64_t run;    /* number of the first record of its run */
	struct noted_record *record;
};

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_index(const void *x, const void *y)
{
	const struct candidate *a = x;
	const struct candidate *b = y;
	int order = compare_numbers(a->first, b->first);

	order = order ? order : compare_numbers(a->index, b->index);
	return order ? order : compare_numbers(a->number, b->number);
}

static int by_number(const void *x, const void *y)
{
	const struct candidate *a = x;
	const struct candidate *b = y;
	const int order = compare_numbers(a->first, b->first);

	return order ? order : compare_numbers(a->number, b->number);
}

static bool is_failed(const struct candidate *candidate)
{
	return noted_has(candidate->record, NOTED_FAILED) &&
	       !noted_has(candidate->record, NOTED_REPLACED);
}

/* Whether the failed record was good in the run of `later`. Of records with
 * other seeds than this sweep's it need not be known. */
static bool was_good_in(const struct candidate *failed,
                        const struct candidate *later)
{
	return !noted_has(failed->record, NOTED_OF_SEED) ||
	       (!noted_has(failed->record, NOTED_OTHER_SEED) &&
	        !noted_has(later->record, NOTED_OTHER_SEED));
}

/* All candidates of one digest and one index, in the order of reading. Those of
 * runs with this sweep's seed take places first, then those of others: what was
 * good in one of them was good in all. */
static void replace_at_index(const struct candidate *list, size_t count)
{
	for (int other = 0; other < 2; other++) {
		const struct candidate *failed = list;
		for (const struct candidate *at = list; at < list + count;
		     at++) {
			bool took = false;
			if (!noted_has(at->record, NOTED_RERUN) ||
			    noted_has(at->record, NOTED_OTHER_SEED) != other)
				continue;
			for (; failed->number < at->run; failed++) {
				if (!is_failed(failed) ||
				    !was_good_in(failed, at))
					continue;
				failed->record->word |= NOTED_REPLACED;
				took = true;
			}
			if (took)
				at->record->word &= ~(uint64_t)NOTED_RERUN;
		}
	}
}

/* All candidates of one digest, in the order of reading. */
static void replace_oldest(const struct candidate *list, size_t count)
{
	const struct candidate *end = list + count;
	const struct candidate *oldest = list;

	for (const struct candidate *at = list; at < end; at++) {
		if (!noted_has(at->record, NOTED_RERUN))
			continue;
		while (oldest < at &&
		       (!is_failed(oldest) ||
		        noted_has(oldest->record, NOTED_OF_INDEX)))
			oldest++;
		if (oldest->number < at->run)
			oldest->record->word |= NOTED_REPLACED;
	}
}

/* Call `replace` for each group of candidates that have the same first set and,
 * if `same_index`, the same index. */
static void for_each_group(const struct candidate *list, size_t count,
                           bool same_index,
                           void (*replace)(const struct candidate *, size_t))
{
	size_t begin = 0;

	for (size_t i = 1; i <= count; i++) {
		if (i < count && list[i].first == list[begin].first &&
		    (!same_index || list[i].index == list[begin].index))
			continue;
		replace(list + begin, i - begin);
		begin = i;
	}
}

static bool is_candidate(const struct noted_record *record)
{
	return noted_has(record, NOTED_KNOWN) &&
	       (record->word & (NOTED_FAILED | NOTED_RERUN));
}

static void list_candidates(const struct noted_records *noted,
                            struct candidate *list)
{
	for (uint64_t i = 0; i < noted->count; i++) {
		struct noted_record *record = &noted->list[i];
		if (is_candidate(record))
			*list++ = (struct candidate){
			    .first = noted_first(record),
			    .index = record->index,
			    .number = i,
			    .run = noted_run_begin(noted, i),
			    .record = record,
			};
	}
}

bool replaced_mark(struct noted_records *noted)
{
	size_t count = 0;

	for (uint64_t i = 0; i < noted->count; i++)
		count += is_candidate(&noted->list[i]);
	if (count == 0)
		return true;
	struct candidate *list = calloc(count, sizeof(*list));
	if (!list)
		return false;
	list_candidates(noted, list);
	qsort(list, count, sizeof(*list), by_index);
	for_each_group(list, count, true, replace_at_index);
	qsort(list, count, sizeof(*list), by_number);
	for_each_group(list, count, false, replace_oldest);
	free(list);
	return true;
}
