#ifndef TOOLS_PARAMS_INPUT_CSV_H
#define TOOLS_PARAMS_INPUT_CSV_H

#include "table.h"

#include <stdio.h>

/*
 * Reads values separated by `delimiter`, as RFC 4180 has them: quoted values
 * may contain delimiters, line ends and doubled quotes; lines end with LF or
 * CR LF; a byte-order mark is skipped, and so are empty lines. The first row
 * names the columns, and every row has as many values. `source` is the file's
 * name for sentences, which say line and column. A table without columns is
 * returned for an empty file.
 */
bool input_read_csv(FILE *file, const char *source, char delimiter,
                    struct table *out);

#endif
