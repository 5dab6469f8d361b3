#define _POSIX_C_SOURCE 200809L
#include "values.h"

#include "base/csv_line.h"
#include "base/failure.h"
#include "base/number.h"
#include "byte_order_mark.h"
#include "place.h"
#include "range.h"
#include "real.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { ARGUMENTS = 3 };

/* So many values are a mistake. */
static const uint64_t count_most = 1000000000;

/* A list of values that a word before a colon makes. */
struct maker {
	const char *word;
	const char *form; /* of what follows the colon */
	bool (*make)(const char *name, const char *text, struct table *out);
};

static void add_number(struct table *out, double value)
{
	char text[NUMBER_BYTES];

	number_write(value, text);
	table_add_value(out, text, strlen(text));
	table_end_row(out);
}

/* Splits A:B:C. */
static bool split(const char *text, char *copy, size_t room,
                  const char *parts[ARGUMENTS])
{
	const size_t length = strlen(text);
	size_t found = 1;

	if (length >= room)
		return false;
	memcpy(copy, text, length + 1);
	parts[0] = copy;
	for (char *at = copy; *at; at++)
		if (*at == ':') {
			if (found == ARGUMENTS)
				return false;
			*at = '\0';
			parts[found++] = at + 1;
		}
	return found == ARGUMENTS;
}

/* Reads FROM:TO:COUNT. */
static bool read_ends(const char *text, double *from, double *to,
                      uint64_t *count)
{
	const char *parts[ARGUMENTS];
	char copy[3 * NUMBER_BYTES];

	return split(text, copy, sizeof(copy), parts) &&
	       number_read(parts[0], from) && number_read(parts[1], to) &&
	       number_read_count(parts[2], count_most, count) && *count > 0;
}

/* The product is rounded before it is divided, so that 0:1:11 gives 0.3 and not
 * its neighbour. */
static double step_between(double from, double to, uint64_t i, uint64_t count)
{
	if (i + 1 == count && count > 1)
		return to;
	if (count == 1)
		return from;
	return from + (double)i * (to - from) / (double)(count - 1);
}

static bool make_linspace(const char *name, const char *text, struct table *out)
{
	double from;
	double to;
	uint64_t count;

	if (!read_ends(text, &from, &to, &count))
		return failure("-p %s=linspace:%s: expected FROM:TO:COUNT, as "
		               "in linspace:5:45:9",
		               name, text);
	for (uint64_t i = 0; i < count; i++)
		add_number(out, step_between(from, to, i, count));
	return true;
}

static bool make_logspace(const char *name, const char *text, struct table *out)
{
	double from;
	double to;
	uint64_t count;

	if (!read_ends(text, &from, &to, &count) || from < -300 || from > 300 ||
	    to < -300 || to > 300)
		return failure(
		    "-p %s=logspace:%s: expected FROM:TO:COUNT with "
		    "powers of ten, as in logspace:-3:0:4 for 0.001, "
		    "0.01, 0.1, 1",
		    name, text);
	for (uint64_t i = 0; i < count; i++)
		add_number(out,
		           real_power_of_ten(step_between(from, to, i, count)));
	return true;
}

static bool make_range(const char *name, const char *text, struct table *out)
{
	const char *parts[ARGUMENTS];
	char copy[3 * NUMBER_BYTES];

	if (!split(text, copy, sizeof(copy), parts))
		return failure("-p %s=range:%s: expected FROM:TO:STEP, as in "
		               "range:0:1:0.25",
		               name, text);
	return range_make(name, parts[0], parts[1], parts[2], out);
}

static bool refuse_zero(const char *name, const char *path, size_t number,
                        const char *line, const char *zero)
{
	char place[PLACE_BYTES];

	place_write(path, number, line, (size_t)(zero - line), place);
	return failure("-p %s=file:%s: there is a zero byte, which no argument "
	               "of a program can have",
	               name, place);
}

static bool make_lines(const char *name, const char *path, struct table *out)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	size_t number = 0;
	bool good = true;

	if (!file)
		return failure("-p %s=file:%s: it cannot be opened: %s", name,
		               path, strerror(errno));
	while (good && (length = getline(&line, &room, file)) >= 0) {
		size_t bytes = (size_t)length;

		number++;
		bytes -= bytes > 0 && line[bytes - 1] == '\n';
		bytes -= bytes > 0 && line[bytes - 1] == '\r';
		const char *zero = memchr(line, 0, bytes);
		if (zero)
			good = refuse_zero(name, path, number, line, zero);
		const size_t mark =
		    number == 1 ? byte_order_mark_bytes(line) : 0;
		table_add_value(out, line + mark, bytes - mark);
		table_end_row(out);
	}
	if (good && ferror(file))
		good = failure("-p %s=file:%s: it cannot be read: %s", name,
		               path, strerror(errno));
	free(line);
	fclose(file);
	return good;
}

static const struct maker makers[] = {
    {"linspace", "FROM:TO:COUNT", make_linspace},
    {"logspace", "FROM:TO:COUNT", make_logspace},
    {"range", "FROM:TO:STEP", make_range},
    {"file", "PATH", make_lines},
};

enum { MAKERS = sizeof(makers) / sizeof(makers[0]) };

bool values_have_word(const char *text, const char *word)
{
	const size_t length = strlen(word);

	return !strncmp(text, word, length) && text[length] == ':';
}

bool values_are_made(const char *text)
{
	bool made = false;

	for (size_t i = 0; i < MAKERS; i++)
		made = made || values_have_word(text, makers[i].word);
	return made;
}

const char *values_word(size_t i)
{
	return i < MAKERS ? makers[i].word : NULL;
}

static void add_item(void *bytes, size_t count, void *arg)
{
	table_add_value(arg, bytes, count);
	table_end_row(arg);
}

static bool make_list(const char *name, const char *text, struct table *out)
{
	const size_t length = strlen(text);
	const bool good =
	    csv_line_split(text, length, CSV_KEEP_SPACES, add_item, out);

	if (length == 0) {
		table_add_value(out, "", 0);
		table_end_row(out);
	}
	return good ||
	       failure("-p %s=%s: the quotes do not match: a value with "
	               "a comma or a quote is written \"...\", with its "
	               "quotes doubled",
	               name, text);
}

bool values_read(const char *name, const char *text, struct table *out)
{
	*out = (struct table){0};
	table_add_column(out, name, strlen(name));
	for (size_t i = 0; i < MAKERS; i++)
		if (values_have_word(text, makers[i].word))
			return makers[i].make(
			    name, text + strlen(makers[i].word) + 1, out);
	return make_list(name, text, out);
}
