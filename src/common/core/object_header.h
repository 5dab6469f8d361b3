/* What each rank sends first of an object: its size, and its bytes if they fit.
 * 48 bytes fit into the payload of a rendezvous. */
#ifndef COHORT_COMMON_CORE_OBJECT_HEADER_H
#define COHORT_COMMON_CORE_OBJECT_HEADER_H

#include "pieces.h"

#include <stdint.h>
#include <string.h>

enum { OBJECT_INLINE_BYTES = 40, OBJECT_INLINE_SEGMENTS = 4 };

/* In place of the size: the root of a broadcast has no memory for its part, and
 * segments.count is its status. */
#define OBJECT_INABILITY UINT64_MAX

/* The segments in which a large object is broadcast. The others follow in a
 * message of their own if there are more than fit here. */
struct object_segments {
	uint64_t count;
	uint64_t bytes[OBJECT_INLINE_SEGMENTS];
};

struct object_header {
	uint64_t bytes;
	union {
		unsigned char data[OBJECT_INLINE_BYTES];
		struct object_segments segments; /* in a broadcast */
	} body;
};

_Static_assert(sizeof(struct object_header) == 8 + OBJECT_INLINE_BYTES,
               "an object's header has 48 bytes");

static inline struct object_header object_header_of(const struct pieces *pieces)
{
	struct object_header header = {.bytes = pieces->bytes};

	if (pieces->bytes == 0 || pieces->bytes > OBJECT_INLINE_BYTES)
		return header;
	if (pieces->count == 1)
		memcpy(header.body.data, pieces->list->data, pieces->bytes);
	else
		pieces_copy(pieces, header.body.data);
	return header;
}

#endif
