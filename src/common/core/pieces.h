/* An object that lies in several pieces of memory. Its bytes are those of the
 * pieces, one after another. */
#ifndef COHORT_COMMON_CORE_PIECES_H
#define COHORT_COMMON_CORE_PIECES_H

#include "cohort.h"
#include "common/base/error.h"

#include <stdint.h>

struct pieces {
	const cohort_blob *list;
	size_t count;
	size_t bytes; /* of all pieces */
};

/* Check the pieces that a caller passed, and add up their bytes. COHORT_EINVAL
 * with a sentence in the name of `function`. */
COHORT_CHECKED cohort_status pieces_check_all(const char *function,
                                              const cohort_blob list[],
                                              size_t count, struct pieces *out);

/* The same, without a call for a single piece. */
COHORT_CHECKED static inline cohort_status
pieces_check(const char *function, const cohort_blob list[], size_t count,
             struct pieces *out)
{
	if (count != 1 || !list || !list->data || list->bytes > PTRDIFF_MAX / 2)
		return pieces_check_all(function, list, count, out);
	*out = (struct pieces){list, 1, list->bytes};
	return COHORT_OK;
}

/* Copy all bytes to `to`. */
void pieces_copy(const struct pieces *pieces, void *to);

/*
 * The segments in which an object travels: a large piece from where it lies,
 * and small ones together from a buffer, since a call costs as much as the copy
 * of PIECES_SMALL bytes.
 */
enum { PIECES_SMALL = 64 * 1024, PIECES_STAGED = 1024 * 1024 };

/* The next segment; the first one if *at is 0. Sets *at and *bytes, and returns
 * the address of the bytes: in a piece or in `staging`, which has room for
 * PIECES_STAGED bytes. NULL behind the last segment. If `staging` is NULL,
 * nothing is copied, and the address is only good for a comparison with
 * NULL. */
const void *pieces_next(const struct pieces *pieces, size_t *at, void *staging,
                        size_t *bytes);

/* The number of segments, and whether one of them needs a buffer. */
size_t pieces_segments(const struct pieces *pieces, bool *staged);

#endif
