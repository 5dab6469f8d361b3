/* What manual pages say beside the options. */
#ifndef TOOLS_MANUAL_TEXTS_H
#define TOOLS_MANUAL_TEXTS_H

#include <stddef.h>

/*
 * A section of the page of a subcommand. Its text has paragraphs with an empty
 * line between them. A paragraph whose lines begin with two spaces is printed
 * as it is; a line "term\twhat it means" is an item of a list.
 */
struct page_section {
	const char
	    *page; /* name of the subcommand; "": the command; NULL: all */
	const char *heading;
	const char *text;
};

extern const struct page_section page_sections[];
extern const size_t page_section_count;

#endif
