/* Words of sentences with numbers. */
#ifndef COHORT_COMMON_BASE_PLURAL_H
#define COHORT_COMMON_BASE_PLURAL_H

#include <stdint.h>

/* The end of a noun behind this number: "1 byte", "2 bytes". */
static inline const char *plural(uint64_t number)
{
	return number == 1 ? "" : "s";
}

#endif
