#ifndef TOOLS_PARAMS_CSV_COLUMNS_H
#define TOOLS_PARAMS_CSV_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

/* A line of a table as libcsv gets it, whose syntax is good. */
struct csv_line_text {
	const char *bytes;
	size_t count;
	char delimiter;
	bool goes_on; /* it begins within a quoted value */
};

/* Offset of the value `number`, from 0, of those in the line; the first one may
 * have begun in a line before. The line's end if it has fewer. */
size_t csv_value_offset(const struct csv_line_text *line, size_t number);

/* Offset of the quote that begins in the line and is open at its end; `count`
 * if there is none. */
size_t csv_open_quote_offset(const struct csv_line_text *line);

#endif
