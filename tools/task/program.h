#ifndef TOOLS_TASK_PROGRAM_H
#define TOOLS_TASK_PROGRAM_H

#include <stdbool.h>

/* Find the program that execvp would start for `name` here: in PATH, or where
 * the name says if it has a slash. *path receives a string that the caller
 * frees. False, with a sentence, if it is not there or may not be executed. */
bool program_find(const char *name, char **path);

/* Where the program begins. */
enum program_start {
	PROGRAM_STARTS_HERE,    /* in this process's directory */
	PROGRAM_STARTS_ANYWHERE /* in another one: the path is absolute */
};

/* As program_find, with a path that is good where the program begins, and of a
 * file that can be started as far as its beginning tells. */
bool program_find_to_start(const char *name, enum program_start start,
                           char **path);

#endif
