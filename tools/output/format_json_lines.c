/* A JSON object a line, with the columns' names as keys; a value that is
 * missing is null, and one that is a number in JSON's notation is one. */
#define _POSIX_C_SOURCE 200809L
#include "table_format.h"

#include "base/failure.h"
#include "base/memory.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json_writer {
	FILE *file;
	const struct output_column *columns;
	size_t count;
};

static bool begin_json(const char *path, const struct output_column columns[],
                       size_t count, void **out)
{
	FILE *file = path ? fopen(path, "w") : stdout;

	if (!file)
		return failure_of_system("%s cannot be written: %s", path,
		                         strerror(errno));
	struct json_writer *writer = memory_new(1, sizeof(*writer));
	*writer = (struct json_writer){file, columns, count};
	*out = writer;
	return true;
}

/* Whether the text is a number in JSON's notation, which then is kept digit by
 * digit. */
static bool is_json_number(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
	const bool is_number =
	    json_is_number(value) && !strpbrk(text, " \t\r\n");

	json_decref(value);
	return is_number;
}

static bool put_string(FILE *file, const char *value)
{
	json_t *string = json_string(value);
	const bool is_utf8 = string != NULL;

	/* JSON has no other text than UTF-8. */
	if (!is_utf8)
		return failure("a value is not UTF-8, which JSON needs: '%s'; "
		               "write CSV or SQLite",
		               value);
	const int failed = json_dumpf(string, file, JSON_ENCODE_ANY);
	json_decref(string);
	return !failed || failure_of_system("the table cannot be written: %s",
	                                    strerror(errno));
}

static bool put_value(FILE *file, const struct output_column *column,
                      const char *value)
{
	if (!value)
		return fputs("null", file) >= 0;
	if (column->kind != OUTPUT_TEXT && is_json_number(value))
		return fputs(value, file) >= 0;
	return put_string(file, value);
}

static bool json_row(void *state, const char *const values[])
{
	const struct json_writer *writer = state;
	bool good = true;

	for (size_t c = 0; good && c < writer->count; c++) {
		const struct output_column *column = &writer->columns[c];

		fputs(c > 0 ? ", " : "{", writer->file);
		good = put_string(writer->file, column->name) &&
		       fputs(": ", writer->file) >= 0 &&
		       put_value(writer->file, column, values[c]);
	}
	fputs(writer->count > 0 ? "}\n" : "{}\n", writer->file);
	if (ferror(writer->file))
		return failure_of_system("the table cannot be written: %s",
		                         strerror(errno));
	return good;
}

static bool json_end(void *state, bool is_good)
{
	struct json_writer *writer = state;
	FILE *file = writer->file;

	(void)is_good;
	free(writer);
	const bool failed =
	    file == stdout ? fflush(file) != 0 : fclose(file) != 0;
	return !failed || failure_of_system("the table cannot be written: %s",
	                                    strerror(errno));
}

static const char *const endings[] = {"jsonl", "ndjson", "json", NULL};

const struct table_format format_json_lines = {
    "jsonl",    endings,  true,    table_format_always,
    begin_json, json_row, json_end};
