#include "column_names.h"

#include "base/failure.h"
#include "report.h"
#include "task/template.h"

#include <string.h>
#include <strings.h>

/* The table's own column with this name, or NULL. */
static const char *find_own(const char *name)
{
	for (int c = 0; c < OWN_COLUMNS; c++) {
		const char *own = report_own_name((enum own_column)c);

		if (!strcasecmp(name, own))
			return own;
	}
	return NULL;
}

static bool check_parameter(const char *name)
{
	const char *own = find_own(name);

	if (own)
		return failure("a parameter is called '%s', as a column of the "
		               "table is ('%s'): give it another name",
		               name, own);
	for (int b = 0; b < BUILTIN_COUNT; b++)
		if (!strcmp(name, builtin_names[b]))
			return failure("a parameter is called '%s', as a "
			               "placeholder of each command line is "
			               "({%s}): give it another name",
			               name, name);
	return true;
}

/* Whether a value of --parse can have this name beside parameters and own
 * columns. */
static bool check_value(const struct table *parameters, const char *name)
{
	const char *own = find_own(name);
	const size_t parameter = table_find_like(parameters, name);

	if (own)
		return failure(
		    "--parse: a value is called '%s', as a column of "
		    "the table is ('%s'): give it another name",
		    name, own);
	return parameter == parameters->columns ||
	       failure("--parse: a value is called '%s', as a parameter is "
	               "('%s'): give one of them another name",
	               name, parameters->names[parameter]);
}

/* Not if they are the same: the last match of two regexes counts. */
static bool are_alike(const char *name, const char *other)
{
	return !strcasecmp(name, other) && strcmp(name, other) != 0;
}

static bool refuse_alike(const char *name, const char *other)
{
	return failure("--parse: two values are called '%s' and '%s', which "
	               "some tables cannot tell apart: rename one of them",
	               name, other);
}

bool column_names_check(const struct table *parameters,
                        const struct parse *parse)
{
	const size_t count = parse_name_count(parse);

	for (size_t c = 0; c < parameters->columns; c++)
		if (!check_parameter(parameters->names[c]))
			return false;
	for (size_t i = 0; i < count; i++) {
		const char *name = parse_name(parse, i);

		if (!check_value(parameters, name))
			return false;
		for (size_t j = 0; j < i; j++)
			if (are_alike(parse_name(parse, j), name))
				return refuse_alike(parse_name(parse, j), name);
	}
	return true;
}
