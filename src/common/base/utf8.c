#include "utf8.h"

#include <string.h>

/* Bytes of the character that begins with this byte. */
static size_t character_bytes(unsigned char lead)
{
	if (lead >= 0xF0)
		return 4;
	if (lead >= 0xE0)
		return 3;
	return lead >= 0xC0 ? 2 : 1;
}

static int is_continuation(unsigned char byte)
{
	return (byte & 0xC0) == 0x80;
}

const char *utf8_skip_rest(const char *text, const char *end)
{
	const char *at = text;

	while (at < end && at - text < 3 && is_continuation((unsigned char)*at))
		at++;
	return at;
}

void utf8_trim(char *text)
{
	size_t end = strlen(text);
	size_t start = end;

	/* Back to the first byte of the last character. */
	while (start > 0 && end - start < 3 &&
	       is_continuation((unsigned char)text[start - 1]))
		start--;
	if (start == 0)
		return;
	start--;
	if (character_bytes((unsigned char)text[start]) > end - start)
		text[start] = '\0';
}
