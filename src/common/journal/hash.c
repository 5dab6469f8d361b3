/* The only file that includes xxHash. Everything is inline, so no library is
 * linked. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "hash.h"

#include "common/base/descriptor.h"

#if XXH_VERSION_NUMBER < 800
#error "xxHash 0.8 or later is needed: XXH3 was not final before"
#endif

enum { PIECE_BYTES = 32768 };

uint64_t hash_64(const void *bytes, size_t count)
{
	return XXH3_64bits(bytes, count);
}

uint64_t hash_64_seeded(const void *bytes, size_t count, uint64_t seed)
{
	return XXH3_64bits_withSeed(bytes, count, seed);
}

uint64_t hash_64_of_two(const void *first, size_t first_bytes,
                        const void *second, size_t second_bytes)
{
	if (second_bytes == 0)
		return hash_64(first, first_bytes);
	if (first_bytes == 0)
		return hash_64(second, second_bytes);

	XXH3_state_t state;
	XXH3_64bits_reset(&state);
	XXH3_64bits_update(&state, first, first_bytes);
	XXH3_64bits_update(&state, second, second_bytes);
	return XXH3_64bits_digest(&state);
}

bool hash_64_of_pieces(hash_next *next, void *arg, uint64_t *out)
{
	XXH3_state_t state;
	const void *bytes;
	size_t count;

	XXH3_64bits_reset(&state);
	for (;;) {
		if (!next(arg, &bytes, &count))
			return false;
		if (count == 0)
			break;
		XXH3_64bits_update(&state, bytes, count);
	}
	*out = XXH3_64bits_digest(&state);
	return true;
}

void hash_128(const void *bytes, size_t count, uint64_t out[2])
{
	const XXH128_hash_t hash = XXH3_128bits(bytes, count);

	out[0] = hash.low64;
	out[1] = hash.high64;
}

bool hash_128_of_file(int fd, uint64_t out[2])
{
	unsigned char piece[PIECE_BYTES];
	XXH3_state_t state;
	size_t got;

	XXH3_128bits_reset(&state);
	do {
		if (!descriptor_read(fd, piece, sizeof(piece), &got))
			return false;
		XXH3_128bits_update(&state, piece, got);
	} while (got == sizeof(piece));
	const XXH128_hash_t hash = XXH3_128bits_digest(&state);
	out[0] = hash.low64;
	out[1] = hash.high64;
	return true;
}
