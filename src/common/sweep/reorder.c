#include "reorder.h"

#include <stdlib.h>

bool reorder_add(struct reorder *reorder, struct reorder_item item)
{
	if (reorder->count == reorder->room) {
		const size_t room = 2 * reorder->room + 64;
		struct reorder_item *grown =
		    realloc(reorder->items, room * sizeof(*grown));
		if (!grown)
			return false;
		reorder->items = grown;
		reorder->room = room;
	}
	size_t at = reorder->count++;
	while (at > 0 && item.index < reorder->items[(at - 1) / 2].index) {
		reorder->items[at] = reorder->items[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	reorder->items[at] = item;
	return true;
}

struct reorder_item reorder_take(struct reorder *reorder)
{
	struct reorder_item *items = reorder->items;
	const struct reorder_item top = items[0];
	const struct reorder_item last = items[--reorder->count];
	size_t at = 0;

	for (size_t child = 1; child < reorder->count; child = 2 * at + 1) {
		child += child + 1 < reorder->count &&
		         items[child + 1].index < items[child].index;
		if (last.index <= items[child].index)
			break;
		items[at] = items[child];
		at = child;
	}
	items[at] = last;
	return top;
}

void reorder_free(struct reorder *reorder)
{
	free(reorder->items);
	*reorder = (struct reorder){0};
}
