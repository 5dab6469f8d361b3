#define _POSIX_C_SOURCE 200809L
#include "journal_table.h"

#include "base/failure.h"
#include "base/library_sentence.h"
#include "base/memory.h"
#include "base/text.h"
#include "output/table_writer.h"
#include "sweep/cases.h"

#include <cohort.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
	COLUMN_INDEX,
	COLUMN_STATUS,
	COLUMN_SECONDS,
	COLUMN_ATTEMPTS,
	COLUMN_RANK,
	COLUMN_BYTES,
	COLUMN_DATA,
	COLUMN_ERROR,
	COLUMNS
};

static const struct {
	struct output_column column;
	bool is_measure; /* differs from run to run */
} columns[COLUMNS] = {
    [COLUMN_INDEX] = {{"index", OUTPUT_NUMBER}, false},
    [COLUMN_STATUS] = {{"status", OUTPUT_TEXT}, false},
    [COLUMN_SECONDS] = {{"seconds", OUTPUT_NUMBER}, true},
    [COLUMN_ATTEMPTS] = {{"attempts", OUTPUT_NUMBER}, true},
    [COLUMN_RANK] = {{"rank", OUTPUT_NUMBER}, true},
    [COLUMN_BYTES] = {{"bytes", OUTPUT_NUMBER}, false},
    [COLUMN_DATA] = {{"data", OUTPUT_TEXT}, false},
    [COLUMN_ERROR] = {{"error", OUTPUT_TEXT}, false},
};

/* A result: its values, each with a 0 behind it. */
struct row {
	size_t index;
	size_t number; /* in the journal */
	char *values;
};

struct rows {
	struct row *of;
	size_t count;
	size_t room;
};

static void add_value(struct text *text, const char *value)
{
	text_add(text, value, strlen(value) + 1);
}

static void add_number(struct text *text, double value, const char *format)
{
	char number[40];

	snprintf(number, sizeof(number), format, value);
	add_value(text, number);
}

static void add_hexadecimal(struct text *text, const void *data, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		text_print(text, "%02x", ((const unsigned char *)data)[i]);
	add_value(text, "");
}

/* In the order of the columns. */
static char *make_values(const cohort_result *result)
{
	struct text text = {0};

	add_number(&text, (double)result->index, "%.0f");
	add_value(&text, result->status == COHORT_OK ? "ok" : "failed");
	add_number(&text, result->seconds, "%.6f");
	add_number(&text, result->attempts, "%.0f");
	add_number(&text, result->rank, "%.0f");
	add_number(&text, (double)result->bytes, "%.0f");
	add_hexadecimal(&text, result->data, result->bytes);
	add_value(&text, result->error);
	return text.bytes;
}

static void add_row(struct rows *rows, const cohort_result *result)
{
	if (rows->count == rows->room) {
		rows->room = rows->room * 2 + 64;
		rows->of =
		    memory_resize(rows->of, rows->room, sizeof(*rows->of));
	}
	rows->of[rows->count] =
	    (struct row){result->index, rows->count, make_values(result)};
	rows->count++;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *left = a;
	const struct row *right = b;

	if (left->index != right->index)
		return left->index < right->index ? -1 : 1;
	return (left->number > right->number) - (left->number < right->number);
}

static bool read_rows(const char *folder, struct rows *rows)
{
	cohort_journal *journal = NULL;
	cohort_result result;
	bool end = false;

	cohort_status status = cohort_journal_open(folder, &journal);
	while (status == COHORT_OK && !end) {
		status = cohort_journal_next(journal, &result, &end);
		if (status == COHORT_OK && !end)
			add_row(rows, &result);
	}
	if (status != COHORT_OK)
		failure("%s", library_sentence());
	cohort_journal_close(journal);
	if (rows->count > 0)
		qsort(rows->of, rows->count, sizeof(*rows->of), compare_rows);
	return status == COHORT_OK;
}

static bool write_row(struct table_writer *writer, const struct row *row,
                      bool no_measures)
{
	const char *values[COLUMNS];
	const char *value = row->values;
	size_t used = 0;

	for (int c = 0; c < COLUMNS; c++) {
		if (!no_measures || !columns[c].is_measure)
			values[used++] = value;
		value += strlen(value) + 1;
	}
	return table_writer_row(writer, values);
}

static bool write_rows(const struct rows *rows, const char *path,
                       const char *format, bool no_measures)
{
	struct output_column shown[COLUMNS];
	struct table_writer writer;
	size_t used = 0;

	for (int c = 0; c < COLUMNS; c++)
		if (!no_measures || !columns[c].is_measure)
			shown[used++] = columns[c].column;
	if (!table_writer_open(&writer, path, format, shown, used))
		return false;
	bool good = true;
	for (size_t i = 0; good && i < rows->count; i++)
		if (i + 1 == rows->count ||
		    rows->of[i + 1].index != rows->of[i].index)
			good = write_row(&writer, &rows->of[i], no_measures);
	return table_writer_close(&writer, good);
}

bool journal_table_fits(const char *folder)
{
	cohort_journal *journal = NULL;

	if (cases_exist(folder) ||
	    cohort_journal_open(folder, &journal) != COHORT_OK)
		return false;
	cohort_journal_close(journal);
	return true;
}

bool journal_table_write(const char *folder, const char *path,
                         const char *format, bool no_measures)
{
	struct rows rows = {0};
	const bool good = read_rows(folder, &rows) &&
	                  write_rows(&rows, path, format, no_measures);

	for (size_t i = 0; i < rows.count; i++)
		free(rows.of[i].values);
	free(rows.of);
	return good;
}
