#include "sentence.h"

#include "c_locale.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

static const char middle[] = " ... ";

enum { MIDDLE_BYTES = sizeof(middle) - 1 };

void sentence_copy(char *to, size_t room, const char *text)
{
	const size_t length = strlen(text);

	if (length < room) {
		memcpy(to, text, length + 1);
		return;
	}
	const size_t kept = room - 1 - MIDDLE_BYTES;
	const char *end = text + length;
	memcpy(to, text, kept / 2);
	to[kept / 2] = '\0';
	utf8_trim(to);
	const size_t used = strlen(to);
	memcpy(to + used, middle, MIDDLE_BYTES);
	/* What the beginning has lost does not go to the end: the two are as
	 * long as each other. */
	strcpy(to + used + MIDDLE_BYTES,
	       utf8_skip_rest(end - (kept - kept / 2), end));
}

void sentence_format(char *to, size_t room, const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);
	const int length = c_vsnprintf(to, room, format, args);
	if (length >= 0 && (size_t)length >= room) {
		const size_t whole = (size_t)length + 1;
		char *text = malloc(whole);
		if (text && c_vsnprintf(text, whole, format, again) == length)
			sentence_copy(to, room, text);
		else
			utf8_trim(to);
		free(text);
	}
	va_end(again);
}
