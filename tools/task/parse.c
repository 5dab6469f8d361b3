#define _POSIX_C_SOURCE 200809L
#include "parse.h"

#include "base/csv_line.h"
#include "base/failure.h"
#include "base/number.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 60, MATCHES = 2 };

static void add_pair(struct parsed *out, const char *name, const char *value,
                     size_t bytes)
{
	text_add(&out->pairs, name, strlen(name) + 1);
	text_add(&out->pairs, value, bytes);
	text_add(&out->pairs, "", 1);
	out->count++;
}

/* The value of a name that was found before is replaced: all are made anew. */
static void replace_pair(struct parsed *out, const char *name,
                         const char *value, size_t bytes)
{
	struct parsed before = *out;
	const char *at = before.pairs.bytes;

	*out = (struct parsed){0};
	for (size_t i = 0; i < before.count; i++) {
		const char *old = at + strlen(at) + 1;

		if (strcmp(at, name))
			add_pair(out, at, old, strlen(old));
		at = old + strlen(old) + 1;
	}
	text_free(&before.pairs);
	add_pair(out, name, value, bytes);
}

static void match_regexes(const struct parse *parse, const char *line,
                          struct parsed *out)
{
	regmatch_t matches[MATCHES];

	for (size_t i = 0; i < parse->regex_count; i++) {
		const struct parse_regex *regex = &parse->regexes[i];

		if (regexec(&regex->compiled, line, MATCHES, matches, 0))
			continue;
		const regmatch_t *match = &matches[matches[1].rm_so >= 0];
		replace_pair(out, regex->name, line + match->rm_so,
		             (size_t)(match->rm_eo - match->rm_so));
	}
}

void parse_line(const struct parse *parse, const char *line, size_t length,
                struct text *last, struct parsed *out)
{
	if (parse->kind == PARSE_REGEX) {
		match_regexes(parse, line, out);
	} else if (parse->kind != PARSE_NONE && line[strspn(line, " \t\r")]) {
		text_clear(last);
		text_add(last, line,
		         length - (length > 0 && line[length - 1] == '\r'));
	}
}

static bool unexpected(const char *expected, const char *line)
{
	return failure("--parse: the last line of standard output is not %s: "
	               "'%.*s'%s",
	               expected, SHOWN, line,
	               strlen(line) > SHOWN ? "..." : "");
}

static bool parse_object(const char *line, size_t length, struct parsed *out)
{
	json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	char number[NUMBER_BYTES];
	const char *key;
	json_t *value;

	if (!json_is_object(object)) {
		json_decref(object);
		return unexpected("a JSON object", line);
	}
	json_object_foreach(object, key, value)
	{
		if (json_is_string(value)) {
			const char *text = json_string_value(value);

			add_pair(out, key, text, strlen(text));
		} else if (json_is_real(value)) {
			number_write(json_real_value(value), number);
			add_pair(out, key, number, strlen(number));
		} else if (json_is_null(value)) {
			add_pair(out, key, "", 0);
		} else {
			char *text =
			    json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

			add_pair(out, key, text ? text : "",
			         text ? strlen(text) : 0);
			free(text);
		}
	}
	json_decref(object);
	return true;
}

struct csv_values {
	const struct parse *parse;
	struct parsed *out;
	size_t values;
};

static void add_csv_value(void *bytes, size_t count, void *arg)
{
	struct csv_values *line = arg;
	const struct table *columns = &line->parse->columns;

	if (line->values < columns->columns)
		add_pair(line->out, columns->names[line->values], bytes, count);
	line->values++;
}

static bool parse_csv(const struct parse *parse, const char *text,
                      size_t length, struct parsed *out)
{
	struct csv_values line = {parse, out, 0};
	const bool good =
	    csv_line_split(text, length, CSV_DROP_SPACES, add_csv_value, &line);

	if (good && line.values == parse->columns.columns)
		return true;
	return failure("--parse csv: the last line of standard output has %zu "
	               "value%s, and --columns names %zu: '%.*s'",
	               line.values, line.values == 1 ? "" : "s",
	               parse->columns.columns, SHOWN, text);
}

static bool parse_number(const char *line, struct parsed *out)
{
	const size_t lead = strspn(line, " \t");
	char text[NUMBER_BYTES * 2];
	double value;
	size_t length = strcspn(line + lead, " \t");

	if (length >= sizeof(text) ||
	    line[lead + length + strspn(line + lead + length, " \t")])
		return unexpected("a number", line);
	memcpy(text, line + lead, length);
	text[length] = '\0';
	if (!number_read(text, &value))
		return unexpected("a number", line);
	add_pair(out, parse_number_name, text, length);
	return true;
}

static bool has_pair(const struct parsed *out, const char *name)
{
	const char *at = out->pairs.bytes;

	for (size_t i = 0; i < out->count; i++) {
		if (!strcmp(at, name))
			return true;
		at += strlen(at) + 1;
		at += strlen(at) + 1;
	}
	return false;
}

static bool have_all_matched(const struct parse *parse,
                             const struct parsed *out)
{
	for (size_t i = 0; i < parse->regex_count; i++)
		if (!has_pair(out, parse->regexes[i].name))
			return failure("--parse regex:%s: no line of standard "
			               "output matches",
			               parse->regexes[i].name);
	return true;
}

bool parse_end(const struct parse *parse, struct text *last, struct parsed *out)
{
	const char *line = text_string(last);

	switch (parse->kind) {
	case PARSE_JSON:
		return parse_object(line, last->length, out);
	case PARSE_CSV:
		return parse_csv(parse, line, last->length, out);
	case PARSE_NUMBER:
		return parse_number(line, out);
	case PARSE_REGEX:
		return have_all_matched(parse, out);
	case PARSE_NONE:
		break;
	}
	return true;
}
