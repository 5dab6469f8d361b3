/* One allgather under way: the parts of all ranks, and where they go. */
#ifndef COHORT_MP_SHM_ALLGATHERV_PARTS_H
#define COHORT_MP_SHM_ALLGATHERV_PARTS_H

#include "copy.h"

struct allgatherv_parts {
	unsigned char *recv;      /* all parts, in rank order */
	const size_t *counts;     /* elements of each part */
	size_t width;             /* bytes of an element */
	size_t largest;           /* bytes of the largest part */
	copy_function *copy;      /* into recv */
	const unsigned char *own; /* this rank's part */
	size_t own_bytes;
	unsigned char *own_place; /* of this rank's part, in recv */
};

static inline size_t allgatherv_bytes(const struct allgatherv_parts *parts,
                                      int r)
{
	return parts->counts[r] * parts->width;
}

#endif
