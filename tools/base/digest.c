#include "digest.h"

#include <string.h>

uint64_t digest_add(uint64_t before, const char *text)
{
	const size_t bytes = strlen(text) + 1;
	uint64_t digest = before ^ 0xcbf29ce484222325u;

	/* FNV-1a; the 0 at the end keeps texts apart. */
	for (size_t i = 0; i < bytes; i++)
		digest = (digest ^ (unsigned char)text[i]) * 0x100000001b3u;
	return digest;
}
