/* jansson does not tell where a key is. */
#include "json_keys.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

/* Offset behind the string that begins at `at`. */
static size_t skip_string(const char *text, size_t bytes, size_t at)
{
	for (at++; at < bytes && text[at] != '"'; at++)
		at += text[at] == '\\';
	return at + 1;
}

/* A key may be written with escapes. */
static bool is_key(const char *string, size_t bytes, const char *key)
{
	json_t *value =
	    json_loadb(string, bytes, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	const bool same =
	    json_is_string(value) && !strcmp(json_string_value(value), key);

	json_decref(value);
	return same;
}

size_t json_key_offset(const char *text, size_t bytes, const char *key)
{
	bool is_name = false; /* the next string of the object is a key */
	size_t depth = 0;
	size_t at = 0;

	while (at < bytes) {
		const char c = text[at];

		if (c == '"') {
			const size_t end = skip_string(text, bytes, at);

			if (depth == 1 && is_name &&
			    is_key(text + at, end - at, key))
				return at;
			is_name = false;
			at = end;
			continue;
		}
		if ((c == '}' || c == ']') && --depth == 0)
			return at;
		depth += c == '{' || c == '[';
		if (c == '{' || c == ',')
			is_name = depth == 1;
		at++;
	}
	return at;
}
