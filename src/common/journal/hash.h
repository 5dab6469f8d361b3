/* xxHash's XXH3, as the journal uses it. */
#ifndef COHORT_COMMON_JOURNAL_HASH_H
#define COHORT_COMMON_JOURNAL_HASH_H

#include <stddef.h>
#include <stdint.h>

/* XXH3-64, seed 0. */
uint64_t hash_64(const void *bytes, size_t count);

/* The same of two pieces, as if they were one. */
uint64_t hash_64_of_two(const void *first, size_t first_bytes,
                        const void *second, size_t second_bytes);

/* XXH3-128, seed 0: low, then high. */
void hash_128(const void *bytes, size_t count, uint64_t out[2]);

/* The same of what can still be read from a descriptor. 0, or -1 with errno. */
int hash_128_of_file(int fd, uint64_t out[2]);

#endif
