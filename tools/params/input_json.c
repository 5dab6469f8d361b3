#define _POSIX_C_SOURCE 200809L
#include "input_json.h"

#include "base/failure.h"
#include "base/names.h"
#include "base/number.h"
#include "byte_order_mark.h"
#include "json_keys.h"
#include "place.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* The line of an object, for sentences. */
struct json_line {
	const char *source;
	size_t number;
	const char *text;
	size_t bytes;
};

/* Where the object's key is; its end if it has no such key. */
static void write_place(const struct json_line *line, const char *key,
                        char place[PLACE_BYTES])
{
	place_write(line->source, line->number, line->text,
	            json_key_offset(line->text, line->bytes, key), place);
}

static void add_number(struct table *table, const json_t *value)
{
	char text[NUMBER_BYTES];

	if (json_is_integer(value))
		snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT,
		         json_integer_value(value));
	else
		number_write(json_real_value(value), text);
	table_add_value(table, text, strlen(text));
}

static bool add_string(struct table *table, const json_t *value,
                       const struct json_line *line, const char *key)
{
	const char *text = json_string_value(value);
	const size_t bytes = json_string_length(value);
	char place[PLACE_BYTES];

	if (memchr(text, 0, bytes)) {
		write_place(line, key, place);
		return failure("%s: '%s' contains a zero character, which no "
		               "argument of a program can have",
		               place, key);
	}
	table_add_value(table, text, bytes);
	return true;
}

static bool add_value(struct table *table, const json_t *value,
                      const struct json_line *line, const char *key)
{
	if (json_is_string(value))
		return add_string(table, value, line, key);
	if (json_is_number(value)) {
		add_number(table, value);
	} else if (json_is_null(value)) {
		table_add_value(table, "", 0);
	} else {
		char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

		table_add_value(table, text ? text : "",
		                text ? strlen(text) : 0);
		free(text);
	}
	return true;
}

/* An object has a key that is no column. */
static bool unknown_key(const struct table *table, json_t *object,
                        const struct json_line *line)
{
	const char *key;
	json_t *value;
	char place[PLACE_BYTES];

	json_object_foreach(object, key, value)
	{
		if (table_find(table, key) < table->columns)
			continue;
		const char *near = names_nearest(
		    key, (const char *const *)table->names, table->columns);
		write_place(line, key, place);
		return failure("%s: '%s' is not a key of the first object%s%s"
		               "%s",
		               place, key, near ? "; did you mean '" : "",
		               near ? near : "", near ? "'?" : "");
	}
	return true;
}

static bool lacks_key(const struct json_line *line, const char *key)
{
	char place[PLACE_BYTES];

	write_place(line, key, place);
	return failure("%s: the object ends without '%s', which the first "
	               "object has",
	               place, key);
}

/* The first object's keys name the columns. */
static bool add_columns(struct table *table, json_t *object,
                        const struct json_line *line)
{
	const char *key;
	json_t *value;
	char place[PLACE_BYTES];

	json_object_foreach(object, key, value)
	{
		table_add_column(table, key, strlen(key));
		write_place(line, key, place);
		if (!table_check_name(table, table->columns - 1, place))
			return false;
	}
	return true;
}

static bool add_object(struct table *table, json_t *object,
                       const struct json_line *line)
{
	char place[PLACE_BYTES];

	if (!json_is_object(object)) {
		place_write(line->source, line->number, line->text,
		            strspn(line->text, " \t"), place);
		return failure("%s: expected an object, {\"name\": value, "
		               "...}",
		               place);
	}
	if (table->columns == 0 && !add_columns(table, object, line))
		return false;
	if (json_object_size(object) > table->columns)
		return unknown_key(table, object, line);
	for (size_t c = 0; c < table->columns; c++) {
		const json_t *value = json_object_get(object, table->names[c]);

		if (!value)
			return unknown_key(table, object, line) &&
			       lacks_key(line, table->names[c]);
		if (!add_value(table, value, line, table->names[c]))
			return false;
	}
	table_end_row(table);
	return true;
}

/* The column of an error is that of the last character that was read. */
static bool add_line(struct table *table, const struct json_line *line)
{
	json_error_t error;
	json_t *object = json_loadb(
	    line->text, line->bytes,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

	if (!object)
		return failure("%s, line %zu, column %d: %s", line->source,
		               line->number, error.column, error.text);
	const bool good = add_object(table, object, line);
	json_decref(object);
	return good;
}

bool input_read_json(FILE *file, const char *source, struct table *out)
{
	struct json_line line = {.source = source};
	char *text = NULL;
	size_t room = 0;
	ssize_t length;
	bool good = true;

	while (good && (length = getline(&text, &room, file)) >= 0) {
		const size_t mark =
		    line.number++ == 0 ? byte_order_mark_bytes(text) : 0;

		line.text = text + mark;
		line.bytes = (size_t)length - mark;
		/* A line's end would begin another line for jansson. */
		while (line.bytes > 0 &&
		       memchr(" \t\r\n", line.text[line.bytes - 1], 4))
			line.bytes--;
		if (line.bytes > 0)
			good = add_line(out, &line);
	}
	free(text);
	return good;
}
