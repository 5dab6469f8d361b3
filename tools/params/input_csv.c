/* The syntax is libcsv's. It gets one line at a time, so that the line is known
 * in which a value or a row ends. */
#define _POSIX_C_SOURCE 200809L
#include "input_csv.h"

#include "base/csv_line.h"
#include "base/failure.h"
#include "byte_order_mark.h"
#include "csv_columns.h"
#include "place.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

struct csv_reading {
	struct table *table;
	const char *source;
	struct csv_line_text text; /* that is being read */
	size_t line;               /* its number, from 1 */
	size_t before;             /* values of the row in lines before */
	size_t values;             /* of the row so far */
	bool ended;                /* a row has, in this line */
	bool named;                /* the row with the names has ended */
	bool failed;
	char open[PLACE_BYTES]; /* of the quote that is not closed */
};

static const char quote_rule[] =
    "a value that contains a quote is written \"...\", with its quotes doubled";

static void write_place(const struct csv_reading *reading, size_t offset,
                        char place[PLACE_BYTES])
{
	place_write(reading->source, reading->line, reading->text.bytes, offset,
	            place);
}

/* Where value `number` of the row, from 0, begins. */
static void write_place_of_value(const struct csv_reading *reading,
                                 size_t number, char place[PLACE_BYTES])
{
	write_place(reading,
	            csv_value_offset(&reading->text, number - reading->before),
	            place);
}

static void add_value(void *bytes, size_t count, void *arg)
{
	struct csv_reading *reading = arg;
	struct table *table = reading->table;

	if (reading->failed)
		return;
	reading->values++;
	if (!reading->named)
		table_add_column(table, bytes, count);
	else
		table_add_value(table, bytes, count);
}

static void describe_columns(const struct table *table, struct text *text)
{
	for (size_t c = 0; c < table->columns; c++)
		text_print(text, "%s%s", c > 0 ? ", " : "", table->names[c]);
}

static bool check_names(const struct csv_reading *reading)
{
	char place[PLACE_BYTES];
	bool good = true;

	for (size_t c = 0; good && c < reading->table->columns; c++) {
		write_place_of_value(reading, c, place);
		good = table_check_name(reading->table, c, place);
	}
	return good;
}

static bool refuse_row(const struct csv_reading *reading)
{
	const struct table *table = reading->table;
	struct text columns = {0};
	char place[PLACE_BYTES];

	describe_columns(table, &columns);
	write_place_of_value(reading,
	                     reading->values < table->columns ? reading->values
	                                                      : table->columns,
	                     place);
	if (reading->values < table->columns)
		failure("%s: the row ends after %zu value%s, and the header "
		        "names %zu (%s)",
		        place, reading->values, reading->values == 1 ? "" : "s",
		        table->columns, text_string(&columns));
	else
		failure("%s: value %zu of the row begins here, and the header "
		        "names %zu (%s)",
		        place, table->columns + 1, table->columns,
		        text_string(&columns));
	text_free(&columns);
	return false;
}

static void end_row(int character, void *arg)
{
	struct csv_reading *reading = arg;

	(void)character;
	if (reading->failed)
		return;
	if (!reading->named)
		reading->failed = !check_names(reading);
	else if (reading->values == reading->table->columns)
		table_end_row(reading->table);
	else
		reading->failed = !refuse_row(reading);
	reading->named = true;
	reading->ended = true;
	reading->before = 0;
	reading->values = 0;
}

static bool refuse_zero(const struct csv_reading *reading, size_t offset)
{
	char place[PLACE_BYTES];

	write_place(reading, offset, place);
	return failure("%s: there is a zero byte, which no argument of a "
	               "program can have",
	               place);
}

static bool refuse_syntax(const struct csv_reading *reading,
                          struct csv_parser *parser, size_t offset)
{
	const int error = csv_error(parser);
	char place[PLACE_BYTES];

	write_place(reading, offset, place);
	return failure("%s: %s: %s", place,
	               error == CSV_EPARSE ? "no quote may be here, or the one "
	                                     "before is not closed"
	                                   : csv_strerror(error),
	               quote_rule);
}

/* A line that ends no row, and is not empty, ends within quotes, unless it is
 * the last one. */
static void end_line(struct csv_reading *reading)
{
	struct csv_line_text *text = &reading->text;
	const bool is_empty = strchr("\r\n", text->bytes[0]) != NULL;

	if (reading->ended || (is_empty && !text->goes_on)) {
		text->goes_on = false;
		return;
	}
	const size_t open = csv_open_quote_offset(text);
	if (open < text->count)
		write_place(reading, open, reading->open);
	if (text->bytes[text->count - 1] != '\n')
		return;
	text->goes_on = true;
	reading->before = reading->values;
}

static bool parse_line(struct csv_parser *parser, struct csv_reading *reading)
{
	const struct csv_line_text *text = &reading->text;
	const char *zero = memchr(text->bytes, 0, text->count);

	if (zero)
		return refuse_zero(reading, (size_t)(zero - text->bytes));
	reading->ended = false;
	const size_t done = csv_parse(parser, text->bytes, text->count,
	                              add_value, end_row, reading);
	if (!reading->failed && done < text->count)
		return refuse_syntax(reading, parser, done);
	return !reading->failed;
}

/* The last line may have no end. */
static bool parse_end(struct csv_parser *parser, struct csv_reading *reading)
{
	if (csv_fini(parser, add_value, end_row, reading) == 0)
		return !reading->failed;
	return failure("%s: a quoted value begins here, and its closing quote "
	               "is missing",
	               reading->open);
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
	reading.text.delimiter = delimiter;
	while (good && (length = getline(&line, &room, file)) >= 0) {
		const size_t mark =
		    reading.line++ == 0 ? byte_order_mark_bytes(line) : 0;

		reading.text.bytes = line + mark;
		reading.text.count = (size_t)length - mark;
		good = parse_line(&parser, &reading);
		if (good)
			end_line(&reading);
	}
	good = good && parse_end(&parser, &reading);
	free(line);
	csv_free(&parser);
	return good;
}
