/* Memory of a program that cannot go on without it: each function returns it,
 * or ends the process with a sentence and EXIT_SYSTEM. */
#ifndef TOOLS_BASE_MEMORY_H
#define TOOLS_BASE_MEMORY_H

#include <stddef.h>

/* `count` elements of `width` bytes, zeroed; never NULL. */
void *memory_new(size_t count, size_t width);

/* As realloc; the bytes that are new are not set. `old` may be NULL. */
void *memory_resize(void *old, size_t count, size_t width);

/* A copy of `bytes` bytes with a 0 behind them. */
char *memory_text(const char *text, size_t bytes);

#endif
