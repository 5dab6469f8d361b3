/*
 * The table of results: CSV, one row for each case in order, numbers with as
 * many digits as a double has. Nothing in it depends on who worked a case
 * out, or when.
 */
#ifndef RO_TABLE_H
#define RO_TABLE_H

#include "model.h"

#include <stddef.h>
#include <stdio.h>

/** Begins the table; NULL, and errno, if it cannot be written. */
FILE *table_open(const char *path);

/** One row. `result` may be NULL, and `reason` then says why. */
void table_row(FILE *table, size_t number, const char *sea,
               const struct ro_case *point, const struct ro_result *result,
               const char *reason);

/** 0; or -1, and errno, if any of it could not be written. */
int table_close(FILE *table);

#endif
