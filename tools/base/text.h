/* A string that grows. All zero: empty. */
#ifndef TOOLS_BASE_TEXT_H
#define TOOLS_BASE_TEXT_H

#include <stddef.h>

struct text {
	char *bytes; /* NULL as long as nothing was added */
	size_t length;
	size_t room;
};

/* Adds bytes, which may contain zeros. */
void text_add(struct text *text, const void *bytes, size_t count);

/* Adds a string, without its 0. */
void text_add_string(struct text *text, const char *string);

/* Adds what printf would print, without its 0. */
__attribute__((format(printf, 2, 3))) void text_print(struct text *text,
                                                      const char *format, ...);

/* The string with a 0 behind it; "" if it is empty. Valid until the next call
 * with this text. */
const char *text_string(struct text *text);

/* Forgets the contents and keeps the memory. */
void text_clear(struct text *text);

/* As text_clear, and gives much memory back. */
void text_empty(struct text *text);

void text_free(struct text *text);

#endif
