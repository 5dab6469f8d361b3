#include "table.h"

#include "base/failure.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LEAST_ROWS = 16 };

void table_add_column(struct table *table, const char *name, size_t bytes)
{
	table->names = memory_resize(table->names, table->columns + 1,
	                             sizeof(*table->names));
	table->names[table->columns++] = memory_text(name, bytes);
}

void table_add_value(struct table *table, const char *value, size_t bytes)
{
	text_add(&table->bytes, value, bytes);
	text_add(&table->bytes, "", 1);
}

void table_end_row(struct table *table)
{
	if (table->rows == table->room) {
		table->room = table->room > 0 ? table->room * 2 : LEAST_ROWS;
		table->ends = memory_resize(table->ends, table->room,
		                            sizeof(*table->ends));
	}
	table->ends[table->rows++] = table->bytes.length;
}

const char *table_row(const struct table *table, size_t row, size_t *bytes)
{
	const size_t start = row > 0 ? table->ends[row - 1] : 0;

	*bytes = table->ends[row] - start;
	return table->bytes.bytes ? table->bytes.bytes + start : "";
}

const char *row_value(const char *row, size_t column)
{
	for (size_t c = 0; c < column; c++)
		row += strlen(row) + 1;
	return row;
}

size_t table_find(const struct table *table, const char *name)
{
	size_t column = 0;

	while (column < table->columns && strcmp(table->names[column], name))
		column++;
	return column;
}

size_t table_find_like(const struct table *table, const char *name)
{
	size_t column = 0;

	while (column < table->columns &&
	       strcasecmp(table->names[column], name) != 0)
		column++;
	return column;
}

bool table_check_name(const struct table *table, size_t column,
                      const char *place)
{
	const char *name = table->names[column];

	if (!*name)
		return failure("%s: column %zu has no name: give each column "
		               "one in the header",
		               place, column + 1);
	if (strpbrk(name, "{}=\n"))
		return failure("%s: a column is called '%s': a name cannot "
		               "contain { } = or a line's end",
		               place, name);
	if (table_find(table, name) < column)
		return failure("%s: two columns are called '%s': rename one of "
		               "them",
		               place, name);
	const size_t like = table_find_like(table, name);
	if (like < column)
		return failure(
		    "%s: two columns are called '%s' and '%s', "
		    "which some tables cannot tell apart: rename one "
		    "of them",
		    place, table->names[like], name);
	return true;
}

bool table_check_names(const struct table *table, const char *source)
{
	bool good = true;

	for (size_t c = 0; good && c < table->columns; c++)
		good = table_check_name(table, c, source);
	return good;
}

void table_free(struct table *table)
{
	for (size_t c = 0; c < table->columns; c++)
		free(table->names[c]);
	free(table->names);
	free(table->ends);
	text_free(&table->bytes);
	*table = (struct table){0};
}
