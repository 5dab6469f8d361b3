/*
 * Words of shared memory that a task may overwrite: a number of 40 bits, with
 * 24 bits of check. Words that are filled with one byte, zeros included, or
 * with other numbers are damaged. Cost: a multiplication.
 */
#ifndef COHORT_COMMON_BASE_CHECKED_WORD_H
#define COHORT_COMMON_BASE_CHECKED_WORD_H

#include <stdbool.h>
#include <stdint.h>

#define CHECKED_WORD_MOST (((uint64_t)1 << 40) - 1)

/* The word of a number, at most CHECKED_WORD_MOST. */
static inline uint64_t checked_word(uint64_t number)
{
	const uint64_t check = (number + 1) * 0x9e3779b97f4a7c15;

	return number | (check & ~CHECKED_WORD_MOST);
}

/* False if the word is damaged; then *number is 0. */
static inline bool checked_word_read(uint64_t word, uint64_t *number)
{
	const uint64_t found = word & CHECKED_WORD_MOST;
	const bool whole = word == checked_word(found);

	*number = whole ? found : 0;
	return whole;
}

#endif
