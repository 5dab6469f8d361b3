/* A set of digests, of which it keeps 64 bits: it may take a digest for one
 * that it has, once in 2^64 or so. Cost: at most 32 bytes of memory for
 * each. */
#ifndef COHORT_COMMON_JOURNAL_DIGEST_SET_H
#define COHORT_COMMON_JOURNAL_DIGEST_SET_H

#include <stdbool.h>
#include <stdint.h>

/* All 0 at first. */
struct digest_set {
	uint64_t *slots; /* 0: empty */
	uint64_t room;   /* slots, a power of two */
	uint64_t count;
};

/* False if there is no memory. */
bool digest_set_add(struct digest_set *set, const uint64_t digest[2]);

bool digest_set_has(const struct digest_set *set, const uint64_t digest[2]);

void digest_set_free(struct digest_set *set);

#endif
