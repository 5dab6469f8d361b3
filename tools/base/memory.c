#include "memory.h"

#include "exit_status.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn static void give_up(size_t count, size_t width)
{
	fprintf(stderr,
	        "cohort: no memory for %zu elements of %zu bytes: end other "
	        "programs, raise the limit, or use a smaller table\n",
	        count, width);
	exit(EXIT_SYSTEM);
}

void *memory_new(size_t count, size_t width)
{
	void *memory = calloc(count > 0 ? count : 1, width > 0 ? width : 1);

	if (!memory)
		give_up(count, width);
	return memory;
}

void *memory_resize(void *old, size_t count, size_t width)
{
	if (width > 0 && count > SIZE_MAX / width)
		give_up(count, width);
	const size_t bytes = count * width;
	void *memory = realloc(old, bytes > 0 ? bytes : 1);

	if (!memory)
		give_up(count, width);
	return memory;
}

char *memory_text(const char *text, size_t bytes)
{
	char *copy = memory_resize(NULL, bytes + 1, 1);

	if (bytes > 0)
		memcpy(copy, text, bytes);
	copy[bytes] = '\0';
	return copy;
}
