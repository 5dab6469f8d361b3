#include "text_list.h"

#include "memory.h"

#include <stdlib.h>

void text_list_add(struct text_list *list, const char *item)
{
	list->items =
	    memory_resize(list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = item;
}

void text_list_free(struct text_list *list)
{
	free(list->items);
	*list = (struct text_list){0};
}
