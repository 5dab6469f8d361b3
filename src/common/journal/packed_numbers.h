/* A list of numbers of 40 bits, in 5 bytes each. One or two for each record or
 * parameter set are in memory while a journal is read. */
#ifndef COHORT_COMMON_JOURNAL_PACKED_NUMBERS_H
#define COHORT_COMMON_JOURNAL_PACKED_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PACKED_BITS = 40, PACKED_BYTES = PACKED_BITS / 8 };

#define PACKED_MOST (((uint64_t)1 << PACKED_BITS) - 1)

struct packed_numbers {
	unsigned char *bytes; /* NULL: none */
};

/* A list of `count` zeros. False with errno if there is no memory. */
static inline bool packed_open(struct packed_numbers *list, uint64_t count)
{
	list->bytes =
	    count <= SIZE_MAX ? calloc((size_t)count, PACKED_BYTES) : NULL;
	return list->bytes;
}

static inline uint64_t packed_get(const struct packed_numbers *list, uint64_t i)
{
	const unsigned char *at = list->bytes + i * PACKED_BYTES;
	uint32_t low;

	memcpy(&low, at, sizeof(low));
	return low | (uint64_t)at[sizeof(low)] << 32;
}

static inline void packed_set(const struct packed_numbers *list, uint64_t i,
                              uint64_t number)
{
	unsigned char *at = list->bytes + i * PACKED_BYTES;
	const uint32_t low = (uint32_t)number;

	memcpy(at, &low, sizeof(low));
	at[sizeof(low)] = (unsigned char)(number >> 32);
}

static inline void packed_close(struct packed_numbers *list)
{
	free(list->bytes);
	list->bytes = NULL;
}

#endif
