#define _GNU_SOURCE /* qsort_r */
#include "loaded.h"

#include "base/failure.h"
#include "base/library_sentence.h"
#include "base/memory.h"
#include "cases.h"
#include "description.h"
#include "parse_anew.h"

#include <cohort.h>

#include <stdlib.h>
#include <string.h>

static int compare_bytes(const char *a, size_t a_bytes, const char *b,
                         size_t b_bytes)
{
	const size_t common = a_bytes < b_bytes ? a_bytes : b_bytes;
	const int order = common > 0 ? memcmp(a, b, common) : 0;

	return order != 0 ? order : (a_bytes > b_bytes) - (a_bytes < b_bytes);
}

static int compare_keys(const void *a, const void *b, void *arg)
{
	const cohort_blob *keys = arg;
	const size_t left = *(const size_t *)a;
	const size_t right = *(const size_t *)b;
	const int order = compare_bytes(keys[left].data, keys[left].bytes,
	                                keys[right].data, keys[right].bytes);

	return order != 0 ? order : (left > right) - (left < right);
}

static void sort_rows(struct loaded *loaded)
{
	const size_t rows = loaded->table.rows;

	loaded->order = memory_new(rows, sizeof(*loaded->order));
	for (size_t i = 0; i < rows; i++)
		loaded->order[i] = i;
	if (rows > 0)
		qsort_r(loaded->order, rows, sizeof(*loaded->order),
		        compare_keys, loaded->keys.sets);
}

/* How the record's key compares with that of a row. */
static int compare_with(const struct loaded *loaded, size_t row,
                        const struct task_record *record)
{
	const cohort_blob *key = &loaded->keys.sets[row];

	return compare_bytes(record->key, record->key_bytes, key->data,
	                     key->bytes);
}

/* The first position whose row's key is not before the record's. */
static size_t find_first(const struct loaded *loaded,
                         const struct task_record *record)
{
	size_t from = 0;
	size_t to = loaded->table.rows;

	while (from < to) {
		const size_t middle = from + (to - from) / 2;

		if (compare_with(loaded, loaded->order[middle], record) > 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* The row of a record: of those with its key the one with its index, or one
 * that has no outcome, or the first. The number of rows if there is none. */
static size_t find_row(const struct loaded *loaded,
                       const struct task_record *record)
{
	const size_t index = (size_t)record->index;
	const size_t rows = loaded->table.rows;
	size_t found = rows;

	if (index < rows && compare_with(loaded, index, record) == 0)
		return index;
	for (size_t at = find_first(loaded, record);
	     at < rows && compare_with(loaded, loaded->order[at], record) == 0;
	     at++) {
		if (found == rows)
			found = loaded->order[at];
		if (!loaded->outcomes[loaded->order[at]].is_known)
			return loaded->order[at];
	}
	return found;
}

static void keep(struct loaded *loaded, size_t row, const cohort_result *result)
{
	const size_t error_bytes = strlen(result->error) + 1;
	char *copy = memory_new(result->bytes + error_bytes, 1);

	if (result->bytes > 0)
		memcpy(copy, result->data, result->bytes);
	memcpy(copy + result->bytes, result->error, error_bytes);
	free(loaded->owned[row]);
	loaded->owned[row] = copy;
	loaded->outcomes[row] = (struct outcome){
	    .is_known = true,
	    .data = copy,
	    .bytes = result->bytes,
	    .error = copy + result->bytes,
	};
}

static bool read_journal(cohort_journal *journal, struct loaded *loaded)
{
	struct task_record record;
	cohort_result result;
	cohort_status status;
	bool end = false;

	while ((status = cohort_journal_next(journal, &result, &end)) ==
	           COHORT_OK &&
	       !end) {
		if (!task_record_read(result.data, result.bytes, &record))
			continue;
		const size_t row = find_row(loaded, &record);
		if (row < loaded->table.rows)
			keep(loaded, row, &result);
	}
	return status == COHORT_OK || failure("%s", library_sentence());
}

/* Reads the outcomes of out->table. */
static bool read_outcomes(const char *folder, struct ties ties,
                          const struct parse *parse, struct loaded *out)
{
	const struct chosen all = {0};
	cohort_journal *journal = NULL;

	parameter_sets_make(&out->table, &all, ties, &out->keys);
	sort_rows(out);
	out->outcomes = memory_new(out->table.rows, sizeof(*out->outcomes));
	out->owned = memory_new(out->table.rows, sizeof(*out->owned));
	if (cohort_journal_open(folder, &journal) != COHORT_OK)
		return failure("%s", library_sentence());
	const bool good = read_journal(journal, out);
	cohort_journal_close(journal);
	parse_anew(folder, parse, out->outcomes, out->owned, out->table.rows);
	return good;
}

bool loaded_read(const char *folder, const struct parse *parse,
                 struct loaded *out)
{
	struct parse last = {0};
	struct ties ties;

	*out = (struct loaded){0};
	const bool good =
	    cases_read(folder, &out->table) &&
	    description_ties(folder, &ties) &&
	    (parse || description_parse(folder, &last)) &&
	    read_outcomes(folder, ties, parse ? parse : &last, out);
	parse_free(&last);
	return good;
}

bool loaded_read_for(const char *folder, const struct table *table,
                     struct ties ties, const struct parse *parse,
                     struct loaded *out)
{
	*out = (struct loaded){.table = *table, .is_borrowed = true};
	return read_outcomes(folder, ties, parse, out);
}

void loaded_free(struct loaded *loaded)
{
	for (size_t row = 0; loaded->owned && row < loaded->table.rows; row++)
		free(loaded->owned[row]);
	free(loaded->owned);
	free(loaded->outcomes);
	free(loaded->order);
	parameter_sets_free(&loaded->keys);
	if (!loaded->is_borrowed)
		table_free(&loaded->table);
}
