#ifndef TOOLS_TASK_SHELL_QUOTE_H
#define TOOLS_TASK_SHELL_QUOTE_H

#include "base/text.h"

/* Appends the value as one word of a POSIX shell: in single quotes if it has
 * anything but letters, digits and the characters that no shell minds. */
void shell_quote(const char *value, struct text *out);

#endif
