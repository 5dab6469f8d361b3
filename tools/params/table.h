/*
 * A table of parameter sets: named columns, rows of text. A row is one block
 * of bytes, its values one after another, each with a 0 behind it.
 */
#ifndef TOOLS_PARAMS_TABLE_H
#define TOOLS_PARAMS_TABLE_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct table {
	char **names; /* of the columns */
	size_t columns;
	struct text bytes; /* all rows */
	size_t *ends;      /* where each row ends in `bytes` */
	size_t rows;
	size_t room; /* of `ends` */
};

/* Adds a column to a table that has no rows yet. */
void table_add_column(struct table *table, const char *name, size_t bytes);

/* Adds a value to the row that is being made. The caller knows that the value
 * contains no 0. */
void table_add_value(struct table *table, const char *value, size_t bytes);

/* Ends the row, to which one value for each column was added. */
void table_end_row(struct table *table);

/* Row `row`; *bytes receives its length. Valid until the next addition. */
const char *table_row(const struct table *table, size_t row, size_t *bytes);

/* The value of column `column` in a row. */
const char *row_value(const char *row, size_t column);

/* The number of the column with this name; table->columns if there is none. */
size_t table_find(const struct table *table, const char *name);

/* The same for the first column whose name differs from this one in upper and
 * lower case at most. */
size_t table_find_like(const struct table *table, const char *name);

/* Checks that the column's name can stand in a placeholder, and that no column
 * before has it, nor would in a table that does not tell upper case from lower
 * (as SQLite's). `place` is where it stands, for the sentence. */
bool table_check_name(const struct table *table, size_t column,
                      const char *place);

/* The same for all columns. `source` is the file or option. */
bool table_check_names(const struct table *table, const char *source);

void table_free(struct table *table);

#endif
