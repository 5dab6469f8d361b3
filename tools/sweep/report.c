#include "report.h"

#include "base/memory.h"
#include "base/number.h"
#include "output/table_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* When a table has a column. */
enum when {
	ALWAYS,
	USUALLY,   /* not with --no-measures: it differs from run to run */
	ON_REQUEST /* with --all-measures */
};

static const struct {
	const char *name;
	enum when when;
} own_columns[OWN_COLUMNS] = {
    [COLUMN_STATUS] = {"status", ALWAYS},
    [COLUMN_EXIT] = {"exit", ALWAYS},
    [COLUMN_SIGNAL] = {"signal", ALWAYS},
    [COLUMN_SECONDS] = {"seconds", USUALLY},
    [COLUMN_ATTEMPTS] = {"attempts", USUALLY},
    [COLUMN_MAX_RSS] = {"max_rss", USUALLY},
    [COLUMN_RANK] = {"rank", USUALLY},
    [COLUMN_STARTED] = {"started", ON_REQUEST},
    [COLUMN_USER] = {"user_seconds", ON_REQUEST},
    [COLUMN_SYSTEM] = {"system_seconds", ON_REQUEST},
};

static size_t find_name(const struct report_names *names, const char *name)
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
                          struct report_names *names)
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
	switch (own_columns[column].when) {
	case ALWAYS:
		return true;
	case USUALLY:
		return report->measures != MEASURES_NONE;
	default:
		return report->measures == MEASURES_ALL;
	}
}

/* Whether a column is called so, or one that is not shown. */
static bool is_taken(const char *name, const struct output_column columns[],
                     size_t count)
{
	for (int c = 0; c < OWN_COLUMNS; c++)
		if (!strcasecmp(own_columns[c].name, name))
			return true;
	for (size_t c = 0; c < count; c++)
		if (!strcasecmp(columns[c].name, name))
			return true;
	return false;
}

/* The column's name for a name that tasks have printed: with a number behind it
 * if another column has it. */
static char *title_of(const char *name, const struct output_column columns[],
                      size_t count)
{
	struct text text = {0};
	int number = 2;

	text_add_string(&text, *name ? name : "_");
	while (is_taken(text_string(&text), columns, count)) {
		text_clear(&text);
		text_print(&text, "%s_%d", name, number++);
	}
	return text.bytes;
}

static void list_columns(const struct report *report,
                         struct report_columns *out)
{
	const struct table *table = report->table;
	struct output_column *columns = memory_new(
	    table->columns + OWN_COLUMNS + out->parsed.count, sizeof(*columns));
	size_t used = 0;

	for (size_t c = 0; c < table->columns; c++)
		columns[used++] =
		    (struct output_column){table->names[c], OUTPUT_ANY};
	for (int c = 0; c < OWN_COLUMNS; c++)
		if (is_shown(report, (enum own_column)c))
			columns[used++] = (struct output_column){
			    own_columns[c].name,
			    c == COLUMN_STATUS ? OUTPUT_TEXT : OUTPUT_NUMBER};
	out->titles = memory_new(out->parsed.count, sizeof(*out->titles));
	for (size_t i = 0; i < out->parsed.count; i++) {
		out->titles[i] = title_of(out->parsed.names[i], columns, used);
		columns[used++] =
		    (struct output_column){out->titles[i], OUTPUT_ANY};
	}
	out->columns = columns;
	out->count = used;
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
	snprintf(texts[COLUMN_STARTED], NUMBER_ROOM, "%.6f", record->started);
	snprintf(texts[COLUMN_USER], NUMBER_ROOM, "%.6f", record->user);
	snprintf(texts[COLUMN_SYSTEM], NUMBER_ROOM, "%.6f", record->system);
	if (record->exit_status < 0)
		values[COLUMN_EXIT] = NULL;
	if (record->signal == 0)
		values[COLUMN_SIGNAL] = NULL;
}

void report_columns_make(const struct report *report,
                         struct report_columns *out)
{
	*out = (struct report_columns){0};
	collect_names(report, &out->parsed);
	list_columns(report, out);
	out->values = memory_new(out->count, sizeof(*out->values));
}

const char *const *report_row(const struct report *report,
                              struct report_columns *columns, size_t row)
{
	const struct table *table = report->table;
	const struct task_record record =
	    outcome_record(&report->outcomes[row]);
	const char **values = columns->values;
	const char *own[OWN_COLUMNS];
	size_t used = 0;
	size_t bytes;
	const char *value = table_row(table, row, &bytes);

	for (size_t c = 0; c < table->columns; c++, value = next_string(value))
		values[used++] = value;
	fill_own(&record, columns->texts, own);
	for (int c = 0; c < OWN_COLUMNS; c++)
		if (is_shown(report, (enum own_column)c))
			values[used++] = own[c];
	for (size_t i = 0; i < columns->parsed.count; i++)
		values[used + i] = NULL;
	const char *at = record.parsed;
	for (size_t i = 0; i < record.parsed_count; i++) {
		values[used + find_name(&columns->parsed, at)] =
		    next_string(at);
		at = next_string(next_string(at));
	}
	return values;
}

void report_columns_free(struct report_columns *columns)
{
	for (size_t i = 0; i < columns->parsed.count; i++)
		free(columns->titles[i]);
	free(columns->titles);
	free(columns->values);
	free(columns->columns);
	free(columns->parsed.names);
	*columns = (struct report_columns){0};
}

const char *report_own_name(enum own_column column)
{
	return own_columns[column].name;
}

size_t report_own_count(enum measures measures)
{
	const struct report report = {.measures = measures};
	size_t count = 0;

	for (int c = 0; c < OWN_COLUMNS; c++)
		count += is_shown(&report, (enum own_column)c);
	return count;
}

bool report_write(const struct report *report, const char *path,
                  const char *format)
{
	struct report_columns columns;
	struct table_writer writer;

	report_columns_make(report, &columns);
	bool good = table_writer_open(&writer, path, format, columns.columns,
	                              columns.count);
	if (good) {
		for (size_t row = 0; good && row < report->table->rows; row++)
			good = table_writer_row(
			    &writer, report_row(report, &columns, row));
		good = table_writer_close(&writer, good);
	}
	report_columns_free(&columns);
	return good;
}
