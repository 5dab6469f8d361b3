/* Where something is in an input, for sentences. */
#ifndef TOOLS_PARAMS_PLACE_H
#define TOOLS_PARAMS_PLACE_H

#include <stddef.h>

enum { PLACE_BYTES = 512 };

/* Writes "FILE, line N, column C" for the byte at `offset` of the line `text`.
 * Columns are characters of UTF-8, from 1. */
void place_write(const char *source, size_t line, const char *text,
                 size_t offset, char place[PLACE_BYTES]);

#endif
