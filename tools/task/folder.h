/* Directories of tasks. */
#ifndef TOOLS_TASK_FOLDER_H
#define TOOLS_TASK_FOLDER_H

#include <stdbool.h>

/* Create a directory with a name that no other has, in `parent`; *path receives
 * its full path, which the caller frees. `parent` is created if missing. */
bool folder_make(const char *parent, char **path);

/* Remove a directory with everything in it. Links are not followed. */
bool folder_remove(const char *path);

#endif
