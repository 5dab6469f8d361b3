/* What the kernel sees at the beginning of an executable file. */
#ifndef TOOLS_TASK_PROGRAM_HEAD_H
#define TOOLS_TASK_PROGRAM_HEAD_H

#include <stdbool.h>

/*
 * Check that the kernel can start the file, or sh in its place: the interpreter
 * of a script is there, and a program is not cut off. A text without #! is for
 * sh. False with a sentence. A file that may not be read is not looked into.
 */
bool program_head_check(const char *path);

#endif
