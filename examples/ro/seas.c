#define _POSIX_C_SOURCE 200809L

#include "seas.h"

#include <csv.h>

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column { NAME, SALINITY, TEMPERATURE, COLUMNS };

static const char *const titles[COLUMNS] = {
    [NAME] = "name",
    [SALINITY] = "salinity_g_per_kg",
    [TEMPERATURE] = "temperature_c",
};

/* The parser's callbacks cannot stop it: after the first failure they do
 * nothing more. */
struct reader {
	const char *path;
	struct seas seas;
	size_t place[COLUMNS]; /* of each column in a row, from 1 */
	size_t row;            /* from 1, which has the titles */
	size_t field;          /* from 1 */
	char *text[COLUMNS];   /* this row's */
	int failed;
	char *why;
};

static void fail(struct reader *reader, const char *format, ...)
{
	va_list args;

	if (reader->failed)
		return;
	reader->failed = 1;

	int used = snprintf(reader->why, SEAS_WHY_BYTES, "%s: ", reader->path);

	if (used < 0 || used >= SEAS_WHY_BYTES)
		return;
	va_start(args, format);
	vsnprintf(reader->why + used, (size_t)(SEAS_WHY_BYTES - used), format,
	          args);
	va_end(args);
}

static void on_field(void *bytes, size_t count, void *user)
{
	struct reader *reader = user;

	reader->field++;
	for (int i = 0; i < COLUMNS && !reader->failed; i++) {
		if (reader->row == 1) {
			if (count == strlen(titles[i]) &&
			    memcmp(bytes, titles[i], count) == 0)
				reader->place[i] = reader->field;
		} else if (reader->place[i] == reader->field) {
			reader->text[i] = strndup(bytes ? bytes : "", count);
			if (!reader->text[i])
				fail(reader, "no memory for row %zu",
				     reader->row);
		}
	}
}

static double number(struct reader *reader, enum column column)
{
	const char *text = reader->text[column];
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || !isfinite(value))
		fail(reader, "row %zu has \"%.40s\" for %s, not a number",
		     reader->row, text, titles[column]);
	return value;
}

static void add_sea(struct reader *reader)
{
	struct seas *seas = &reader->seas;
	struct sea sea = {
	    .salinity = number(reader, SALINITY),
	    .temperature = number(reader, TEMPERATURE),
	};

	if (reader->failed)
		return;

	struct sea *all =
	    realloc(seas->all, (seas->count + 1) * sizeof *seas->all);

	if (!all) {
		fail(reader, "no memory for row %zu", reader->row);
		return;
	}
	seas->all = all;
	sea.name = reader->text[NAME];
	reader->text[NAME] = NULL;
	seas->all[seas->count++] = sea;
}

static void on_row(int terminator, void *user)
{
	struct reader *reader = user;

	(void)terminator;
	for (int i = 0; i < COLUMNS; i++) {
		if (reader->row == 1 && !reader->place[i])
			fail(reader, "there is no column \"%s\" in row 1",
			     titles[i]);
		else if (reader->row > 1 && !reader->text[i])
			fail(reader, "row %zu ends before %s", reader->row,
			     titles[i]);
	}
	if (reader->row > 1 && !reader->failed)
		add_sea(reader);
	for (int i = 0; i < COLUMNS; i++) {
		free(reader->text[i]);
		reader->text[i] = NULL;
	}
	reader->row++;
	reader->field = 0;
}

static void parse(struct reader *reader, FILE *file, struct csv_parser *parser)
{
	char buffer[4096];
	size_t count;

	while ((count = fread(buffer, 1, sizeof buffer, file)) > 0) {
		if (csv_parse(parser, buffer, count, on_field, on_row,
		              reader) == count)
			continue;
		fail(reader, "row %zu is not CSV: %s", reader->row,
		     csv_strerror(csv_error(parser)));
		return;
	}
	if (ferror(file))
		fail(reader, "cannot be read: %s", strerror(errno));
	else if (csv_fini(parser, on_field, on_row, reader) != 0)
		fail(reader, "row %zu is not CSV: %s", reader->row,
		     csv_strerror(csv_error(parser)));
	else if (reader->row == 1)
		fail(reader, "the file is empty");
	else if (reader->seas.count == 0)
		fail(reader, "there are no rows below the titles");
}

int seas_read(const char *path, struct seas *out, char why[SEAS_WHY_BYTES])
{
	struct reader reader = {.path = path, .row = 1, .why = why};
	struct csv_parser parser;
	FILE *file = fopen(path, "r");

	if (!file) {
		fail(&reader, "cannot be opened: %s", strerror(errno));
		return -1;
	}
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
		fail(&reader, "no memory to read it");
	} else {
		parse(&reader, file, &parser);
		csv_free(&parser);
	}
	fclose(file);
	for (int i = 0; i < COLUMNS; i++)
		free(reader.text[i]);
	if (reader.failed) {
		seas_free(&reader.seas);
		return -1;
	}
	*out = reader.seas;
	return 0;
}

void seas_free(struct seas *seas)
{
	for (size_t i = 0; i < seas->count; i++)
		free(seas->all[i].name);
	free(seas->all);
	*seas = (struct seas){0};
}
