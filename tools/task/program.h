#ifndef TOOLS_TASK_PROGRAM_H
#define TOOLS_TASK_PROGRAM_H

#include <stdbool.h>

/* Find the program that execvp would start for `name`: in PATH, or where the
 * name says if it has a slash. *path receives a string that the caller frees.
 * False, with a sentence, if it is not there or may not be executed. */
bool program_find(const char *name, char **path);

#endif
