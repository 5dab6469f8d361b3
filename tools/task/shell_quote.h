#ifndef TOOLS_TASK_SHELL_QUOTE_H
#define TOOLS_TASK_SHELL_QUOTE_H

#include "base/text.h"

/* Appends the value as one word of a POSIX shell: in single quotes if it has
 * anything but letters, digits and the characters that no shell minds. */
void shell_quote(const char *value, struct text *out);

/* As shell_quote, always in single quotes: 2 before a > stays an argument, and
 * a word behind $NAME is no part of that name. */
void shell_quote_always(const char *value, struct text *out);

#endif
