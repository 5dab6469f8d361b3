/* A digest of bytes: different bytes have the same one only by accident.
 * Machines with the same byte order compute the same digest. */
#ifndef COHORT_COMMON_BASE_DIGEST_H
#define COHORT_COMMON_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define DIGEST_BEGIN 0xcbf29ce484222325u

/* FNV-1a on words of 8 bytes, with a shift that brings the upper bits down. The
 * last word is filled up with zeros. Never 0. */
static inline uint64_t digest_add(uint64_t digest, const void *data,
                                  size_t bytes)
{
	const unsigned char *at = data;

	digest ^= bytes;
	for (size_t i = 0; i < bytes; i += 8) {
		uint64_t word = 0;
		memcpy(&word, at + i, bytes - i < 8 ? bytes - i : 8);
		digest = (digest ^ word) * 0x100000001b3u;
		digest ^= digest >> 29;
	}
	return digest ? digest : 1;
}

#endif
