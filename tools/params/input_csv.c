/* The syntax is libcsv's. It gets one line at a time, so that the line is known
 * in which a value or a row ends. */
#define _POSIX_C_SOURCE 200809L
#include "input_csv.h"

#include "base/csv_line.h"
#include "base/failure.h"
#include "byte_order_mark.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

struct csv_reading {
	struct table *table;
	const char *source;
	size_t line;   /* that is being read, from 1 */
	size_t begun;  /* line in which the row began; 0: it has not */
	size_t values; /* of the row so far */
	bool named;    /* the row with the names has ended */
	bool failed;
};

static void add_value(void *bytes, size_t count, void *arg)
{
	struct csv_reading *reading = arg;
	struct table *table = reading->table;

	if (reading->failed)
		return;
	if (reading->begun == 0)
		reading->begun = reading->line;
	reading->values++;
	if (memchr(bytes, 0, count)) {
		reading->failed = true;
		failure(
		    "%s, line %zu, value %zu: it contains a zero byte, which "
		    "no argument of a program can have",
		    reading->source, reading->begun, reading->values);
	} else if (!reading->named)
		table_add_column(table, bytes, count);
	else
		table_add_value(table, bytes, count);
}

static void describe_columns(const struct table *table, struct text *text)
{
	for (size_t c = 0; c < table->columns; c++)
		text_print(text, "%s%s", c > 0 ? ", " : "", table->names[c]);
}

static void end_row(int character, void *arg)
{
	struct csv_reading *reading = arg;
	struct table *table = reading->table;
	struct text columns = {0};

	(void)character;
	if (reading->failed)
		return;
	if (!reading->named)
		reading->named = true;
	else if (reading->values == table->columns)
		table_end_row(table);
	else {
		describe_columns(table, &columns);
		reading->failed = true;
		failure("%s, line %zu: %zu value%s, and the header names %zu "
		        "(%s)",
		        reading->source, reading->begun, reading->values,
		        reading->values == 1 ? "" : "s", table->columns,
		        text_string(&columns));
		text_free(&columns);
	}
	reading->begun = 0;
	reading->values = 0;
}

static bool parse(struct csv_parser *parser, struct csv_reading *reading,
                  const char *bytes, size_t count)
{
	const size_t done =
	    csv_parse(parser, bytes, count, add_value, end_row, reading);

	if (!reading->failed && done < count)
		return failure("%s, line %zu, column %zu: %s: a value that "
		               "contains a quote is written \"...\", with its "
		               "quotes doubled",
		               reading->source, reading->line, done + 1,
		               csv_strerror(csv_error(parser)));
	return !reading->failed;
}

bool input_read_csv(FILE *file, const char *source, char delimiter,
                    struct table *out)
{
	struct csv_reading reading = {.table = out, .source = source};
	struct csv_parser parser;
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	bool good = true;

	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI))
		return failure("%s: libcsv does not start", source);
	csv_set_delim(&parser, (unsigned char)delimiter);
	csv_set_space_func(&parser, csv_line_no_space);
	while (good && (length = getline(&line, &room, file)) >= 0) {
		const size_t mark =
		    reading.line++ == 0 ? byte_order_mark_bytes(line) : 0;
		good = parse(&parser, &reading, line + mark,
		             (size_t)length - mark);
	}
	free(line);
	if (good && csv_fini(&parser, add_value, end_row, &reading))
		good = failure(
		    "%s, line %zu: a quoted value begins here, and "
		    "its closing quote is missing",
		    source, reading.begun > 0 ? reading.begun : reading.line);
	csv_free(&parser);
	return good && !reading.failed;
}
