/* The options --parse and --columns. */
#define _POSIX_C_SOURCE 200809L
#include "parse.h"

#include "base/digest.h"
#include "base/failure.h"
#include "base/memory.h"
#include "base/names.h"

#include <stdlib.h>
#include <string.h>

const char parse_number_name[] = "value";

static const char *const kind_names[] = {"json", "csv", "number", "regex"};

static bool read_regex(const char *text, struct parse *out)
{
	const char *equals = strchr(text, '=');
	char why[128];

	if (!equals || equals == text)
		return failure(
		    "--parse regex:%s: expected regex:NAME=RE, as in "
		    "regex:energy='E = ([-0-9.]+)'",
		    text);
	out->regexes = memory_resize(out->regexes, out->regex_count + 1,
	                             sizeof(*out->regexes));
	struct parse_regex *regex = &out->regexes[out->regex_count];
	const int error = regcomp(&regex->compiled, equals + 1, REG_EXTENDED);
	if (error) {
		regerror(error, &regex->compiled, why, sizeof(why));
		return failure("--parse regex:%s: %s", text, why);
	}
	regex->name = memory_text(text, (size_t)(equals - text));
	out->regex_count++;
	return true;
}

static bool read_kind(const char *text, struct parse *out)
{
	enum parse_kind kind = PARSE_NONE;

	if (!strcmp(text, "json"))
		kind = PARSE_JSON;
	else if (!strcmp(text, "csv"))
		kind = PARSE_CSV;
	else if (!strcmp(text, "number"))
		kind = PARSE_NUMBER;
	else if (!strncmp(text, "regex:", 6))
		kind = PARSE_REGEX;
	if (kind == PARSE_NONE) {
		const char *near = names_nearest(text, kind_names, 4);

		return failure("--parse %s: there are json, csv, number and "
		               "regex:NAME=RE%s%s%s",
		               text, near ? "; did you mean " : "",
		               near ? near : "", near ? "?" : "");
	}
	if (out->kind != PARSE_NONE &&
	    (out->kind != PARSE_REGEX || kind != PARSE_REGEX))
		return failure("--parse %s: only regex may be given more than "
		               "once",
		               text);
	out->kind = kind;
	return kind != PARSE_REGEX || read_regex(text + 6, out);
}

static bool read_columns(const char *text, struct parse *out)
{
	while (*text) {
		const size_t length = strcspn(text, ",");

		table_add_column(&out->columns, text, length);
		text += length + (text[length] == ',');
	}
	return table_check_names(&out->columns, "--columns");
}

static uint32_t make_id(const char *const options[], size_t count,
                        const char *columns)
{
	uint64_t digest = 0;

	if (count == 0)
		return 0;
	for (size_t i = 0; i < count; i++)
		digest = digest_add(digest, options[i]);
	digest = digest_add(digest, columns ? columns : "");
	return (uint32_t)(digest ^ digest >> 32) | 1;
}

bool parse_read(const char *const options[], size_t count, const char *columns,
                struct parse *out)
{
	*out = (struct parse){0};
	for (size_t i = 0; i < count; i++)
		if (!read_kind(options[i], out))
			return false;
	if ((out->kind == PARSE_CSV) != (columns != NULL))
		return failure(columns
		                   ? "--columns names the values of --parse "
		                     "csv: add that"
		                   : "--parse csv: name the values with "
		                     "--columns A,B,...");
	out->id = make_id(options, count, columns);
	return !columns || read_columns(columns, out);
}

size_t parse_name_count(const struct parse *parse)
{
	switch (parse->kind) {
	case PARSE_CSV:
		return parse->columns.columns;
	case PARSE_NUMBER:
		return 1;
	case PARSE_REGEX:
		return parse->regex_count;
	default:
		return 0;
	}
}

const char *parse_name(const struct parse *parse, size_t i)
{
	if (parse->kind == PARSE_NUMBER)
		return parse_number_name;
	return parse->kind == PARSE_CSV ? parse->columns.names[i]
	                                : parse->regexes[i].name;
}

void parse_free(struct parse *parse)
{
	for (size_t i = 0; i < parse->regex_count; i++) {
		free(parse->regexes[i].name);
		regfree(&parse->regexes[i].compiled);
	}
	free(parse->regexes);
	table_free(&parse->columns);
	*parse = (struct parse){0};
}
