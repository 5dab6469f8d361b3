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
	if (bytes > 0 && memchr(value, '\0', bytes)) {
		out->trouble = PARSE_ZERO_BYTE;
		return;
	}
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

	*out = (struct parsed){.trouble = before.trouble};
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
                          size_t length, struct parsed *out)
{
	for (size_t i = 0; i < parse->regex_count; i++) {
		const struct parse_regex *regex = &parse->regexes[i];
		regmatch_t matches[MATCHES] = {{0, (regoff_t)length}};
		const int error = regexec(&regex->compiled, line, MATCHES,
		                          matches, REG_STARTEND);

		if (error) {
			if (error != REG_NOMATCH)
				out->trouble = PARSE_NO_MEMORY;
			continue;
		}
		const regmatch_t *match = &matches[matches[1].rm_so >= 0];
		/* A dot stands for no zero byte. */
		if (match->rm_eo < (regoff_t)length && !line[match->rm_eo])
			out->trouble = PARSE_ZERO_BYTE;
		replace_pair(out, regex->name, line + match->rm_so,
		             (size_t)(match->rm_eo - match->rm_so));
	}
}

void parse_line(const struct parse *parse, const char *line, size_t length,
                bool is_cut, struct text *last, struct parsed *out)
{
	if (parse->kind == PARSE_REGEX) {
		/* A match may be in the part that is missing. */
		if (is_cut)
			out->trouble = PARSE_LONG_LINE;
		else
			match_regexes(parse, line, length, out);
	} else if (is_cut) {
		text_clear(last);
		out->trouble = PARSE_LONG_LINE;
	} else if (strspn(line, " \t\r") < length) {
		text_clear(last);
		text_add(last, line,
		         length - (length > 0 && line[length - 1] == '\r'));
		out->trouble = PARSE_READ;
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
	json_error_t error = {0};
	json_t *object =
	    json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
	char number[NUMBER_BYTES];
	const char *key;
	json_t *value;

	if (!object && line[strspn(line, " \t")] == '{')
		return failure("--parse json: the last line of standard output "
		               "cannot be read, at column %d: %s: '%.*s'%s",
		               error.column, error.text, SHOWN, line,
		               length > SHOWN ? "..." : "");
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

static bool parse_number(const char *line, size_t bytes, struct parsed *out)
{
	const size_t lead = strspn(line, " \t");
	char text[NUMBER_BYTES * 2];
	double value;
	size_t length = strcspn(line + lead, " \t");

	if (length >= sizeof(text) || strlen(line) < bytes ||
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

static bool refuse(enum parse_trouble trouble)
{
	switch (trouble) {
	case PARSE_LONG_LINE:
		return failure("--parse: a line of standard output is longer "
		               "than %d MiB: print values in a shorter one",
		               PARSE_LINE_MOST >> 20);
	case PARSE_ZERO_BYTE:
		return failure("--parse: a value in standard output has a zero "
		               "byte, which a table cannot have");
	case PARSE_NO_MEMORY:
		return failure("--parse regex: there is not enough memory to "
		               "search a line of standard output");
	case PARSE_READ:
		break;
	}
	return true;
}

static bool read_values(const struct parse *parse, struct text *last,
                        struct parsed *out)
{
	const char *line = text_string(last);

	switch (parse->kind) {
	case PARSE_JSON:
		return parse_object(line, last->length, out);
	case PARSE_CSV:
		return parse_csv(parse, line, last->length, out);
	case PARSE_NUMBER:
		return parse_number(line, last->length, out);
	case PARSE_REGEX:
		return have_all_matched(parse, out);
	case PARSE_NONE:
		break;
	}
	return true;
}

bool parse_end(const struct parse *parse, struct text *last, struct parsed *out)
{
	/* Reading the values may find the trouble. */
	return refuse(out->trouble) && read_values(parse, last, out) &&
	       refuse(out->trouble);
}
