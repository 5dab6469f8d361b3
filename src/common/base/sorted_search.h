/* Search in a sorted list. */
#ifndef COHORT_COMMON_BASE_SORTED_SEARCH_H
#define COHORT_COMMON_BASE_SORTED_SEARCH_H

#include <stddef.h>
#include <stdint.h>

/* The place of the last number that is at most `value`; 0 if there is none.
 * `sorted` has `count` numbers, which do not decrease. Cost: log2(count)
 * comparisons. */
static inline size_t sorted_find_last(const uint64_t sorted[], size_t count,
                                      uint64_t value)
{
	size_t low = 0;
	size_t high = count;

	/* sorted[low] <= value < sorted[high], as far as these exist */
	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;
		if (sorted[middle] <= value)
			low = middle;
		else
			high = middle;
	}
	return low;
}

#endif
