#include "lines.h"

#include <string.h>

static void end_line(struct lines *lines)
{
	const char *line = text_string(&lines->begun);

	lines->take(lines->arg, line, lines->begun.length, lines->is_cut);
	text_clear(&lines->begun);
	lines->is_cut = false;
}

static void add_part(struct lines *lines, const char *bytes, size_t count)
{
	for (;;) {
		const size_t room = lines->most - lines->begun.length;
		const size_t part = count < room ? count : room;

		text_add(&lines->begun, bytes, part);
		bytes += part;
		count -= part;
		if (count == 0)
			return;
		if (!lines->in_pieces) {
			lines->is_cut = true;
			return;
		}
		end_line(lines);
	}
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

void lines_clear(struct lines *lines)
{
	lines->is_cut = false;
	text_empty(&lines->begun);
}

void lines_free(struct lines *lines)
{
	text_free(&lines->begun);
}
