#include "table.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

long *table_read(const char *path, size_t *count)
{
	enum { ROOM_AT_FIRST = 1024 };
	FILE *file = fopen(path, "r");
	size_t room = ROOM_AT_FIRST;
	long *steps = malloc(room * sizeof(*steps));
	long step;

	for (*count = 0; file && steps && fscanf(file, "%ld", &step) == 1;) {
		if (*count == room) {
			room *= 2;
			long *grown = realloc(steps, room * sizeof(*steps));
			if (!grown)
				break;
			steps = grown;
		}
		steps[(*count)++] = step;
	}
	const bool whole = file && steps && *count > 0 && feof(file);
	if (file)
		fclose(file);
	if (whole)
		return steps;
	free(steps);
	return NULL;
}
