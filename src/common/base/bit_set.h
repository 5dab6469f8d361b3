/* A set of numbers below `count`, with one bit for each. */
#ifndef COHORT_COMMON_BASE_BIT_SET_H
#define COHORT_COMMON_BASE_BIT_SET_H

#include <stdbool.h>
#include <stddef.h>

/* The size of the set. A set of zeros is empty. */
static inline size_t bits_bytes(size_t count)
{
	return count / 8 + (count % 8 != 0);
}

static inline void bits_add(unsigned char *bits, size_t i)
{
	bits[i / 8] |= (unsigned char)(1U << i % 8);
}

static inline void bits_remove(unsigned char *bits, size_t i)
{
	bits[i / 8] &= (unsigned char)~(1U << i % 8);
}

static inline bool bits_have(const unsigned char *bits, size_t i)
{
	return bits[i / 8] >> i % 8 & 1;
}

#endif
