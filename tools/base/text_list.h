/* A list of strings that somebody else owns. All zero: empty. */
#ifndef TOOLS_BASE_TEXT_LIST_H
#define TOOLS_BASE_TEXT_LIST_H

#include <stddef.h>

struct text_list {
	const char **items;
	size_t count;
};

void text_list_add(struct text_list *list, const char *item);
void text_list_free(struct text_list *list);

#endif
