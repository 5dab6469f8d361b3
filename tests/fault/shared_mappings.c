#include "shared_mappings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 1024 };

static void fail(const char *why)
{
	fprintf(stderr, "shared_mappings: %s\n", why);
	_Exit(99);
}

size_t shared_mappings(struct shared_mapping out[SHARED_MAPPINGS_MOST],
                       bool (*is_own)(const char *line, uintptr_t begin))
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[LINE_BYTES];
	size_t count = 0;

	if (!maps)
		fail("cannot read /proc/self/maps");
	while (fgets(line, sizeof(line), maps)) {
		char *end;
		const uintptr_t begin = (uintptr_t)strtoull(line, &end, 16);
		if (!strstr(line, " rw-s ") || (is_own && is_own(line, begin)))
			continue;
		if (count == SHARED_MAPPINGS_MOST)
			fail("there are too many");
		out[count].begin = begin;
		out[count++].end = (uintptr_t)strtoull(end + 1, NULL, 16);
	}
	fclose(maps);
	return count;
}
