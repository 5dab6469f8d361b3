/*
 * Only records that have failed, and those of runs that ran failed tasks again
 * whose digest has failed in an earlier run, are looked at; usually these are
 * few. They are sorted twice: by digest, index and order of reading, to find
 * pairs of one index; then without the index.
 */
#include "replaced.h"

#include "key_table.h"

#include <stdlib.h>

struct candidate {
	uint64_t digest[2];
	uint64_t index;
	uint64_t number; /* in the order of reading */
	uint64_t run;    /* number of the first record of its run */
	struct noted_record *record;
};

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_digests(const struct candidate *a, const struct candidate *b)
{
	const int order = compare_numbers(a->digest[0], b->digest[0]);

	return order ? order : compare_numbers(a->digest[1], b->digest[1]);
}

static int by_index(const void *x, const void *y)
{
	const struct candidate *a = x;
	const struct candidate *b = y;
	int order = compare_digests(a, b);

	order = order ? order : compare_numbers(a->index, b->index);
	return order ? order : compare_numbers(a->number, b->number);
}

static int by_number(const void *x, const void *y)
{
	const struct candidate *a = x;
	const struct candidate *b = y;
	const int order = compare_digests(a, b);

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

/* Call `replace` for each group of candidates that have the same digest and,
 * if `same_index`, the same index. */
static void for_each_group(const struct candidate *list, size_t count,
                           bool same_index,
                           void (*replace)(const struct candidate *, size_t))
{
	size_t begin = 0;

	for (size_t i = 1; i <= count; i++) {
		if (i < count && !compare_digests(&list[i], &list[begin]) &&
		    (!same_index || list[i].index == list[begin].index))
			continue;
		replace(list + begin, i - begin);
		begin = i;
	}
}

/* Have the digests of all failed records of earlier runs. */
static bool look_at_earlier(struct replaced_records *replaced,
                            const struct noted_records *noted,
                            const struct param_sets *sets)
{
	const uint64_t run = noted_run_begin(noted, noted->count - 1);

	for (; replaced->looked < run; replaced->looked++) {
		const struct noted_record *record =
		    &noted->list[replaced->looked];
		uint64_t digest[2];
		if (!noted_has(record, NOTED_FAILED) ||
		    !noted_has(record, NOTED_KNOWN))
			continue;
		key_of(sets, noted_position(record), digest);
		if (!digest_set_add(&replaced->failed, digest))
			return false;
	}
	return true;
}

static bool add_index(struct replaced_records *replaced, uint64_t number,
                      uint64_t index)
{
	struct replaced_index *list = noted_grow(
	    replaced->list, replaced->count, &replaced->room, sizeof(*list));

	if (!list)
		return false;
	replaced->list = list;
	list[replaced->count++] = (struct replaced_index){number, index};
	return true;
}

bool replaced_note(struct replaced_records *replaced,
                   const struct noted_records *noted,
                   const struct param_sets *sets, const uint64_t digest[2],
                   uint64_t index)
{
	const struct noted_record *record = &noted->list[noted->count - 1];
	bool takes = false;

	if (noted_has(record, NOTED_RERUN)) {
		if (!look_at_earlier(replaced, noted, sets))
			return false;
		takes = digest_set_has(&replaced->failed, digest);
		replaced->any |= takes;
	}
	if (!takes &&
	    (!noted_has(record, NOTED_FAILED) || noted_has(record, NOTED_HOME)))
		return true;
	return add_index(replaced, noted->count - 1, index);
}

/* Whether the record is a candidate without being listed. */
static bool is_unlisted(const struct noted_record *record)
{
	return noted_has(record, NOTED_FAILED) &&
	       noted_has(record, NOTED_KNOWN);
}

static void set_candidate(struct candidate *out, struct noted_records *noted,
                          const struct param_sets *sets, uint64_t number,
                          uint64_t index)
{
	struct noted_record *record = &noted->list[number];

	*out = (struct candidate){
	    .index = index,
	    .number = number,
	    .run = noted_run_begin(noted, number),
	    .record = record,
	};
	key_of(sets, noted_position(record), out->digest);
}

/* Those of the list, and the failed ones that are at home. Returns their
 * number; `list` may be NULL. */
static size_t list_candidates(const struct replaced_records *replaced,
                              struct noted_records *noted,
                              const struct param_sets *sets,
                              struct candidate *list)
{
	uint64_t next = 0; /* of replaced->list, whose numbers rise */
	size_t count = 0;

	for (uint64_t i = 0; i < noted->count; i++) {
		const struct noted_record *record = &noted->list[i];
		uint64_t index = noted_position(record);
		if (next < replaced->count && replaced->list[next].number == i)
			index = replaced->list[next++].index;
		else if (!is_unlisted(record))
			continue;
		if (list)
			set_candidate(&list[count], noted, sets, i, index);
		count++;
	}
	return count;
}

bool replaced_mark(const struct replaced_records *replaced,
                   struct noted_records *noted, const struct param_sets *sets)
{
	if (!replaced->any)
		return true;
	const size_t count = list_candidates(replaced, noted, sets, NULL);
	struct candidate *list = calloc(count, sizeof(*list));
	if (!list)
		return false;
	list_candidates(replaced, noted, sets, list);
	qsort(list, count, sizeof(*list), by_index);
	for_each_group(list, count, true, replace_at_index);
	qsort(list, count, sizeof(*list), by_number);
	for_each_group(list, count, false, replace_oldest);
	free(list);
	return true;
}

void replaced_free(struct replaced_records *replaced)
{
	digest_set_free(&replaced->failed);
	free(replaced->list);
	*replaced = (struct replaced_records){0};
}
