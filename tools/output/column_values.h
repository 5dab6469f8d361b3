/* The values of a column whose type is known when all of them are there. */
#ifndef TOOLS_OUTPUT_COLUMN_VALUES_H
#define TOOLS_OUTPUT_COLUMN_VALUES_H

#include "base/text.h"
#include "table_format.h"

#include <stdint.h>

enum column_type {
	COLUMN_WHOLE, /* each row has a whole number that int64_t holds */
	COLUMN_REAL,  /* all values are numbers that a double holds; rows may
	               * lack one */
	COLUMN_STRING
};

struct column_values {
	struct text bytes; /* each value with a 0 behind it; '\1' and a 0 if a
	                    * row lacks one, and '\2' before all others */
	size_t count;
};

/* The type of one value. Numbers are those in JSON's notation, so that text
 * such as 007 is kept. */
enum column_type column_value_type(const char *text);

/* Adds a value; NULL: the row has none. False if it is not UTF-8. */
bool column_values_add(struct column_values *values, const char *value);

/* The type of all of them. A column without any value has strings. */
enum column_type column_values_type(struct column_values *values,
                                    const struct output_column *column);

/* The values as an array, which the caller frees. A double that is missing is
 * NaN, a string that is missing NULL; strings belong to `values`. */
int64_t *column_values_whole(struct column_values *values);
double *column_values_real(struct column_values *values);
const char **column_values_strings(struct column_values *values);

void column_values_free(struct column_values *values);

#endif
