#define _POSIX_C_SOURCE 200809L
#include "journal_table.h"

#include "base/failure.h"
#include "base/library_sentence.h"
#include "base/memory.h"
#include "base/text.h"
#include "journal_rows.h"
#include "output/table_writer.h"
#include "sweep/cases.h"

#include <cohort.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
	COLUMN_INDEX,
	COLUMN_RUN,
	COLUMN_SET,
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
    [COLUMN_RUN] = {{"run", OUTPUT_NUMBER}, true},
    [COLUMN_SET] = {{"set", OUTPUT_TEXT}, false},
    [COLUMN_STATUS] = {{"status", OUTPUT_TEXT}, false},
    [COLUMN_SECONDS] = {{"seconds", OUTPUT_NUMBER}, true},
    [COLUMN_ATTEMPTS] = {{"attempts", OUTPUT_NUMBER}, true},
    [COLUMN_RANK] = {{"rank", OUTPUT_NUMBER}, true},
    [COLUMN_BYTES] = {{"bytes", OUTPUT_NUMBER}, false},
    [COLUMN_DATA] = {{"data", OUTPUT_TEXT}, false},
    [COLUMN_ERROR] = {{"error", OUTPUT_TEXT}, false},
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

/* As xxhsum prints it; nothing where the journal has none. */
static void add_digest(struct text *text, const uint64_t digest[2])
{
	char number[40] = "";

	if (digest[0] || digest[1])
		snprintf(number, sizeof(number), "%016" PRIx64 "%016" PRIx64,
		         digest[1], digest[0]);
	add_value(text, number);
}

/* In the order of the columns, each with a 0 behind it. */
static char *make_values(const cohort_result *result,
                         const cohort_record *record)
{
	struct text text = {0};

	add_number(&text, (double)result->index, "%.0f");
	add_number(&text, record->run, "%.0f");
	add_digest(&text, record->digest);
	add_value(&text, result->status == COHORT_OK ? "ok" : "failed");
	add_number(&text, result->seconds, "%.6f");
	add_number(&text, result->attempts, "%.0f");
	add_number(&text, result->rank, "%.0f");
	add_number(&text, (double)result->bytes, "%.0f");
	add_hexadecimal(&text, result->data, result->bytes);
	add_value(&text, result->error);
	return text.bytes;
}

static void add_row(struct journal_rows *rows, const cohort_result *result,
                    const cohort_record *record)
{
	const struct journal_row row = {
	    .index = result->index,
	    .number = rows->count,
	    .record = *record,
	    .is_failed = result->status != COHORT_OK,
	    .values = make_values(result, record),
	};

	if (rows->count == rows->room) {
		rows->room = rows->room * 2 + 64;
		rows->of =
		    memory_resize(rows->of, rows->room, sizeof(*rows->of));
	}
	rows->of[rows->count++] = row;
}

static bool read_rows(const char *folder, struct journal_rows *rows)
{
	cohort_journal *journal = NULL;
	cohort_result result;
	cohort_record record;
	bool end = false;

	cohort_status status = cohort_journal_open(folder, &journal);
	while (status == COHORT_OK) {
		status = cohort_journal_next(journal, &result, &end);
		if (status == COHORT_OK && end)
			break;
		if (status == COHORT_OK)
			status = cohort_journal_record(journal, &record);
		if (status == COHORT_OK)
			add_row(rows, &result, &record);
	}
	if (status != COHORT_OK)
		failure("%s", library_sentence());
	cohort_journal_close(journal);
	journal_rows_choose(rows);
	return status == COHORT_OK;
}

static bool write_row(struct table_writer *writer,
                      const struct journal_row *row, bool no_measures)
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

static bool write_rows(const struct journal_rows *rows, const char *path,
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
		if (!rows->of[i].is_replaced)
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
	struct journal_rows rows = {0};
	const bool good = read_rows(folder, &rows) &&
	                  write_rows(&rows, path, format, no_measures);

	for (size_t i = 0; i < rows.count; i++)
		free(rows.of[i].values);
	free(rows.of);
	return good;
}
