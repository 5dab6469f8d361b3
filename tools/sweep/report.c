#include "report.h"

#include "base/memory.h"
#include "base/number.h"
#include "output/table_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The columns between the parameters and the parsed values. */
enum own_column {
	COLUMN_STATUS,
	COLUMN_EXIT,
	COLUMN_SIGNAL,
	COLUMN_SECONDS,
	COLUMN_ATTEMPTS,
	COLUMN_MAX_RSS,
	COLUMN_RANK,
	OWN_COLUMNS
};

enum { NUMBER_ROOM = 40 };

static const struct {
	const char *name;
	bool is_measure; /* differs from run to run */
} own_columns[OWN_COLUMNS] = {
    [COLUMN_STATUS] = {"status", false},
    [COLUMN_EXIT] = {"exit", false},
    [COLUMN_SIGNAL] = {"signal", false},
    [COLUMN_SECONDS] = {"seconds", true},
    [COLUMN_ATTEMPTS] = {"attempts", true},
    [COLUMN_MAX_RSS] = {"max_rss", true},
    [COLUMN_RANK] = {"rank", true},
};

/* The parsed values' names, in the order in which rows have them first. */
struct parsed_names {
	const char **names;
	size_t count;
};

static size_t find_name(const struct parsed_names *names, const char *name)
{
	size_t i = 0;

	while (i < names->count && strcmp(names->names[i], name))
		i++;
	return i;
}

static const char *next_string(const char *string)
{
	return string + strlen(string) + 1;
}

static void collect_names(const struct report *report,
                          struct parsed_names *names)
{
	for (size_t row = 0; row < report->table->rows; row++) {
		const struct task_record record =
		    outcome_record(&report->outcomes[row]);
		const char *at = record.parsed;

		for (size_t i = 0; i < record.parsed_count; i++) {
			if (find_name(names, at) == names->count) {
				names->names = memory_resize(
				    names->names, names->count + 1,
				    sizeof(*names->names));
				names->names[names->count++] = at;
			}
			at = next_string(next_string(at));
		}
	}
}

static bool is_shown(const struct report *report, enum own_column column)
{
	return !report->no_measures || !own_columns[column].is_measure;
}

static struct output_column *list_columns(const struct report *report,
                                          const struct parsed_names *names,
                                          size_t *count)
{
	const struct table *table = report->table;
	struct output_column *columns = memory_new(
	    table->columns + OWN_COLUMNS + names->count, sizeof(*columns));
	size_t used = 0;

	for (size_t c = 0; c < table->columns; c++)
		columns[used++] =
		    (struct output_column){table->names[c], OUTPUT_ANY};
	for (int c = 0; c < OWN_COLUMNS; c++)
		if (is_shown(report, (enum own_column)c))
			columns[used++] = (struct output_column){
			    own_columns[c].name,
			    c == COLUMN_STATUS ? OUTPUT_TEXT : OUTPUT_NUMBER};
	for (size_t i = 0; i < names->count; i++)
		columns[used++] =
		    (struct output_column){names->names[i], OUTPUT_ANY};
	*count = used;
	return columns;
}

/* The texts of a record's own columns; NULL where it has no value. */
static void fill_own(const struct task_record *record,
                     char texts[OWN_COLUMNS][NUMBER_ROOM],
                     const char *values[OWN_COLUMNS])
{
	const bool was_run = record->end != TASK_NOT_RUN;

	for (int c = 0; c < OWN_COLUMNS; c++)
		values[c] = was_run ? texts[c] : NULL;
	values[COLUMN_STATUS] = task_end_words[record->end];
	snprintf(texts[COLUMN_EXIT], NUMBER_ROOM, "%d", record->exit_status);
	snprintf(texts[COLUMN_SIGNAL], NUMBER_ROOM, "%d", record->signal);
	snprintf(texts[COLUMN_SECONDS], NUMBER_ROOM, "%.6f", record->seconds);
	snprintf(texts[COLUMN_ATTEMPTS], NUMBER_ROOM, "%d", record->attempts);
	snprintf(texts[COLUMN_MAX_RSS], NUMBER_ROOM, "%" PRIu64,
	         record->max_rss);
	snprintf(texts[COLUMN_RANK], NUMBER_ROOM, "%d", record->rank);
	if (record->exit_status < 0)
		values[COLUMN_EXIT] = NULL;
	if (record->signal == 0)
		values[COLUMN_SIGNAL] = NULL;
}

static bool write_row(const struct report *report,
                      const struct parsed_names *names, size_t row,
                      const char **values, struct table_writer *writer)
{
	const struct table *table = report->table;
	const struct task_record record =
	    outcome_record(&report->outcomes[row]);
	char texts[OWN_COLUMNS][NUMBER_ROOM];
	const char *own[OWN_COLUMNS];
	size_t used = 0;
	size_t bytes;
	const char *value = table_row(table, row, &bytes);

	for (size_t c = 0; c < table->columns; c++, value = next_string(value))
		values[used++] = value;
	fill_own(&record, texts, own);
	for (int c = 0; c < OWN_COLUMNS; c++)
		if (is_shown(report, (enum own_column)c))
			values[used++] = own[c];
	for (size_t i = 0; i < names->count; i++)
		values[used + i] = NULL;
	const char *at = record.parsed;
	for (size_t i = 0; i < record.parsed_count; i++) {
		values[used + find_name(names, at)] = next_string(at);
		at = next_string(next_string(at));
	}
	return table_writer_row(writer, values);
}

bool report_write(const struct report *report, const char *path,
                  const char *format)
{
	struct parsed_names names = {0};
	struct table_writer writer;
	size_t count;

	collect_names(report, &names);
	struct output_column *columns = list_columns(report, &names, &count);
	const char **values = memory_new(count, sizeof(*values));
	bool good = table_writer_open(&writer, path, format, columns, count);
	if (good) {
		for (size_t row = 0; good && row < report->table->rows; row++)
			good = write_row(report, &names, row, values, &writer);
		good = table_writer_close(&writer, good);
	}
	free(values);
	free(columns);
	free(names.names);
	return good;
}
