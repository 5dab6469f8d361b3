#ifndef TOOLS_PARAMS_INPUT_JSON_H
#define TOOLS_PARAMS_INPUT_JSON_H

#include "table.h"

#include <stdio.h>

/*
 * Reads one JSON object a line; a byte-order mark is skipped, and so are empty
 * lines. The first object's keys name the columns, in their order, and every
 * object has the same. A value is a string as it is, a number in its shortest
 * form, true, false, nothing for null, or JSON text for arrays and objects.
 * `source` is the file's name for sentences.
 */
bool input_read_json(FILE *file, const char *source, struct table *out);

#endif
