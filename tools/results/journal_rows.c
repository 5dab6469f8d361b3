/*
 * The rows are sorted by set, index and order, to find the last one of each set
 * and index; then by set and order, to find what was replaced at another index.
 */
#include "journal_rows.h"

#include <stdlib.h>
#include <string.h>

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_sets(const struct journal_row *a,
                        const struct journal_row *b)
{
	const int order =
	    compare_numbers(a->record.digest[1], b->record.digest[1]);

	return order
	           ? order
	           : compare_numbers(a->record.digest[0], b->record.digest[0]);
}

static int by_index(const void *x, const void *y)
{
	const struct journal_row *a = x;
	const struct journal_row *b = y;
	const int order = compare_numbers(a->index, b->index);

	return order ? order : compare_numbers(a->number, b->number);
}

static int by_set_and_index(const void *x, const void *y)
{
	const int order = compare_sets(x, y);

	return order ? order : by_index(x, y);
}

static int by_set(const void *x, const void *y)
{
	const struct journal_row *a = x;
	const struct journal_row *b = y;
	const int order = compare_sets(a, b);

	return order ? order : compare_numbers(a->number, b->number);
}

/* In a journal of version 0.1 the index alone tells the set, also in records of
 * later versions. */
static void drop_digests(struct journal_rows *rows)
{
	bool is_old = false;

	for (size_t i = 0; i < rows->count; i++)
		is_old |= !rows->of[i].record.digest[0] &&
		          !rows->of[i].record.digest[1];
	for (size_t i = 0; is_old && i < rows->count; i++)
		memset(rows->of[i].record.digest, 0,
		       sizeof(rows->of[i].record.digest));
}

/* All rows of one set and one index, in their order. The last one counts. What
 * has replaced none of them may replace one at another index: `rerun` stays
 * set. */
static void replace_at_index(struct journal_row *rows, size_t count)
{
	unsigned failed = 0; /* the first run that has failed here; 0: none */

	for (size_t i = 0; i < count; i++) {
		struct journal_row *row = &rows[i];
		row->is_replaced = i + 1 < count;
		if (failed > 0 && failed < row->record.run)
			row->record.rerun = false;
		if (row->is_failed && failed == 0)
			failed = row->record.run;
	}
}

static bool may_be_replaced(const struct journal_row *row)
{
	return row->is_failed && !row->is_replaced && !row->record.of_index;
}

/* All rows of one set, in their order. */
static void replace_moved(struct journal_row *rows, size_t count)
{
	struct journal_row *oldest = rows;

	for (struct journal_row *row = rows; row < rows + count; row++) {
		if (!row->record.rerun)
			continue;
		while (oldest < row && !may_be_replaced(oldest))
			oldest++;
		if (oldest->record.run < row->record.run)
			oldest->is_replaced = true;
	}
}

/* Sort the rows, and call `replace` for each group of them that `compare` takes
 * for equal but for their order in the journal. */
static void for_each_set(struct journal_rows *rows, bool same_index,
                         void (*replace)(struct journal_row *, size_t))
{
	struct journal_row *of = rows->of;
	size_t begin = 0;

	qsort(of, rows->count, sizeof(*of),
	      same_index ? by_set_and_index : by_set);
	for (size_t i = 1; i <= rows->count; i++) {
		if (i < rows->count && compare_sets(&of[i], &of[begin]) == 0 &&
		    (!same_index || of[i].index == of[begin].index))
			continue;
		replace(of + begin, i - begin);
		begin = i;
	}
}

void journal_rows_choose(struct journal_rows *rows)
{
	if (rows->count == 0)
		return;
	drop_digests(rows);
	for_each_set(rows, true, replace_at_index);
	if (rows->of[0].record.digest[0] || rows->of[0].record.digest[1])
		for_each_set(rows, false, replace_moved);
	qsort(rows->of, rows->count, sizeof(*rows->of), by_index);
}
