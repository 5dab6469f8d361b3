/* Tables of files. */
#ifndef TOOLS_PARAMS_INPUT_H
#define TOOLS_PARAMS_INPUT_H

#include "table.h"

#include <stdio.h>

enum input_format { INPUT_CSV, INPUT_TSV, INPUT_JSON_LINES };

/* Reads the file at `path`, or standard input if it is "-". `format` is its
 * name, "csv", "tsv" or "jsonl"; NULL: by the path's ending. The table has at
 * least one column, with names that placeholders can have. */
bool input_read(const char *path, const char *format, struct table *out);

#endif
