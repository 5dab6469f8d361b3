/* Manual pages in roff, made of the tables of options and of texts.c. */
#ifndef TOOLS_MANUAL_PAGE_H
#define TOOLS_MANUAL_PAGE_H

#include "subcommands.h"

#include <stdio.h>

/* Print the page of a subcommand; of the command itself if it is NULL. */
void page_print(const struct subcommand *subcommand, FILE *file);

#endif
