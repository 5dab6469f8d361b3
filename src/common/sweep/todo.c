#include "todo.h"

#include <stdlib.h>

bool todo_set(struct todo *todo, size_t count, const unsigned char *done)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++)
		left += !bits_have(done, i);
	size_t *list = malloc((left ? left : 1) * sizeof(*list));
	if (!list)
		return false;
	todo_clear(todo);
	todo->list = list;
	for (size_t i = 0; i < count; i++)
		if (!bits_have(done, i))
			list[todo->count++] = i;
	return true;
}

void todo_clear(struct todo *todo)
{
	free(todo->list);
	*todo = (struct todo){0};
}
