#include "text.h"

#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_ROOM = 64, KEPT_ROOM = 1 << 20 };

/* Room for `count` more bytes. */
static char *text_room(struct text *text, size_t count)
{
	if (count > text->room - text->length) {
		size_t room = text->room > 0 ? text->room * 2 : LEAST_ROOM;

		if (room < text->length + count)
			room = text->length + count;
		text->bytes = memory_resize(text->bytes, room, 1);
		text->room = room;
	}
	return text->bytes + text->length;
}

void text_add(struct text *text, const void *bytes, size_t count)
{
	if (count == 0)
		return;
	memcpy(text_room(text, count), bytes, count);
	text->length += count;
}

void text_add_string(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void text_print(struct text *text, const char *format, ...)
{
	va_list args;
	va_list again;

	va_start(args, format);
	va_copy(again, args);
	const int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length > 0) {
		vsnprintf(text_room(text, (size_t)length + 1),
		          (size_t)length + 1, format, again);
		text->length += (size_t)length;
	}
	va_end(again);
}

const char *text_string(struct text *text)
{
	*text_room(text, 1) = '\0';
	return text->bytes;
}

void text_clear(struct text *text)
{
	text->length = 0;
}

void text_empty(struct text *text)
{
	if (text->room > KEPT_ROOM)
		text_free(text);
	text_clear(text);
}

void text_free(struct text *text)
{
	free(text->bytes);
	*text = (struct text){0};
}
