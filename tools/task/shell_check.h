/* Refuses scripts of --shell that would run what is put into them. */
#ifndef TOOLS_TASK_SHELL_CHECK_H
#define TOOLS_TASK_SHELL_CHECK_H

#include "template.h"

/* The offset of a placeholder that was not written, but follows the script. */
#define NOT_WRITTEN ((size_t)-1)

/*
 * False with a sentence if a placeholder of the script does not stand outside
 * of quotes. `written` is the script as it was given, which the offsets of the
 * pieces are in; the parameters have these `names`.
 */
bool shell_check(const struct argument *script, const char *written,
                 const struct table *names);

#endif
