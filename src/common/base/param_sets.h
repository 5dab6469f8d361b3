/*
 * The parameter sets of a sweep, as they lie in memory. Sets of one size follow
 * one another. Sets of differing sizes are preceded by a table with the end of
 * each, as an offset from the table; each begins at the first address behind
 * the end of the one before that is aligned for any type. So an index leads to
 * a set by one or two loads, and the memory means the same at any address.
 */
#ifndef COHORT_COMMON_BASE_PARAM_SETS_H
#define COHORT_COMMON_BASE_PARAM_SETS_H

#include <stddef.h>
#include <stdint.h>

/* The number of bytes in each set if the sizes differ. */
#define PARAM_SIZES_DIFFER SIZE_MAX

struct param_sets {
	const unsigned char *data;
	size_t count;
	size_t bytes; /* in each, or PARAM_SIZES_DIFFER */
};

static inline size_t param_padded(size_t bytes)
{
	const size_t alignment = _Alignof(max_align_t);

	return (bytes + alignment - 1) / alignment * alignment;
}

/* Bytes of the table of `count` sets, and the padding behind it. */
static inline size_t param_table_bytes(size_t count)
{
	return param_padded(count * sizeof(uint64_t));
}

/* The set at `index`; NULL if it has no bytes. *bytes receives their number. */
static inline const void *param_set(const struct param_sets *sets, size_t index,
                                    size_t *bytes)
{
	const uint64_t *ends = (const void *)sets->data;

	if (sets->bytes != PARAM_SIZES_DIFFER) {
		*bytes = sets->bytes;
		return sets->bytes ? sets->data + index * sets->bytes : NULL;
	}
	const size_t begin = index ? param_padded((size_t)ends[index - 1])
	                           : param_table_bytes(sets->count);
	*bytes = (size_t)ends[index] - begin;
	return *bytes ? sets->data + begin : NULL;
}

#endif
