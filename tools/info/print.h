#ifndef TOOLS_INFO_PRINT_H
#define TOOLS_INFO_PRINT_H

#include <jansson.h>
#include <stdio.h>

/* Print an object of objects as headings with indented lines, for people. */
void info_print(const json_t *info, FILE *file);

#endif
