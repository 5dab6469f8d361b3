#include "lines.h"

#include <string.h>

static void add_part(struct lines *lines, const char *bytes, size_t count)
{
	const size_t room = LINE_MOST - lines->begun.length;

	text_add(&lines->begun, bytes, count < room ? count : room);
}

static void end_line(struct lines *lines)
{
	const char *line = text_string(&lines->begun);

	lines->take(lines->arg, line, lines->begun.length);
	text_clear(&lines->begun);
}

void lines_add(struct lines *lines, const char *bytes, size_t count)
{
	const char *end;

	while ((end = memchr(bytes, '\n', count))) {
		const size_t length = (size_t)(end - bytes);

		add_part(lines, bytes, length);
		end_line(lines);
		bytes = end + 1;
		count -= length + 1;
	}
	add_part(lines, bytes, count);
}

void lines_end(struct lines *lines)
{
	if (lines->begun.length > 0)
		end_line(lines);
}
