#include "pending.h"

#include <stdlib.h>

bool pending_set(struct pending *pending, size_t count,
                 const unsigned char *done)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++)
		left += !bits_have(done, i);
	size_t *list = malloc((left ? left : 1) * sizeof(*list));
	if (!list)
		return false;
	pending_clear(pending);
	pending->list = list;
	for (size_t i = 0; i < count; i++)
		if (!bits_have(done, i))
			list[pending->count++] = i;
	return true;
}

void pending_clear(struct pending *pending)
{
	free(pending->list);
	*pending = (struct pending){0};
}
