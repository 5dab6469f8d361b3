#include "place.h"

#include <stdio.h>

void place_write(const char *source, size_t line, const char *text,
                 size_t offset, char place[PLACE_BYTES])
{
	size_t column = 1;

	for (size_t i = 0; i < offset; i++)
		column += ((unsigned char)text[i] & 0xC0) != 0x80;
	snprintf(place, PLACE_BYTES, "%s, line %zu, column %zu", source, line,
	         column);
}
