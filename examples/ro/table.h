/*
 * A table of results: CSV, one row for each task in order, numbers with as
 * many digits as a double has. Nothing in it depends on who worked a row out,
 * or when.
 */
#ifndef RO_TABLE_H
#define RO_TABLE_H

#include "model.h"

#include <stddef.h>
#include <stdio.h>

/* A number's title, and where it lies in a record. */
struct column {
	const char *title;
	size_t offset;
};

/* A table: its first column, which has the number of the row; the sea; then
 * what went in. What came out, and why nothing did, are the same in all. */
struct layout {
	const char *number;
	const struct column *inputs;
	size_t count;
};

/** Begins the table; NULL, and errno, if it cannot be written. */
FILE *table_open(const char *path, const struct layout *layout);

/** One row. `input`, `result` or both may be NULL; where there is no result,
 * `reason` says why. */
void table_row(FILE *table, const struct layout *layout, size_t number,
               const char *sea, const void *input,
               const struct ro_result *result, const char *reason);

/** 0; or -1, and errno, if any of it could not be written. */
int table_close(FILE *table);

#endif
