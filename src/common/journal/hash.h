/* XXH3 of xxHash: the journal's checksums and identities. */
#ifndef COHORT_COMMON_JOURNAL_HASH_H
#define COHORT_COMMON_JOURNAL_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* XXH3-64, seed 0. */
uint64_t hash_64(const void *bytes, size_t count);

/* XXH3-64 with a seed. */
uint64_t hash_64_seeded(const void *bytes, size_t count, uint64_t seed);

/* XXH3-64 of two pieces as if they were one. */
uint64_t hash_64_of_two(const void *first, size_t first_bytes,
                        const void *second, size_t second_bytes);

/* Returns the next piece in *bytes and *count; a count of 0 is the end. False
 * if the piece cannot be read. */
typedef bool hash_next(void *arg, const void **bytes, size_t *count);

/* XXH3-64 of all pieces as if they were one. False if `next` returns false. */
bool hash_64_of_pieces(hash_next *next, void *arg, uint64_t *out);

/* XXH3-128, seed 0; out[0] is the low half. */
void hash_128(const void *bytes, size_t count, uint64_t out[2]);

static inline bool hash_equal(const uint64_t a[2], const uint64_t b[2])
{
	return a[0] == b[0] && a[1] == b[1];
}

/* XXH3-128 of a file, from the descriptor's position to the end. False with
 * errno. */
bool hash_128_of_file(int fd, uint64_t out[2]);

#endif
