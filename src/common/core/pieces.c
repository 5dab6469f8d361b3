#include "pieces.h"

#include "common/base/plural.h"

#include <string.h>

cohort_status pieces_check_all(const char *function, const cohort_blob list[],
                               size_t count, struct pieces *out)
{
	size_t bytes = 0;

	if (!list && count > 0)
		return error_set(COHORT_EINVAL,
		                 "%s: the object is NULL, but it has %zu "
		                 "piece%s: pass its address, or that of its "
		                 "pieces",
		                 function, count, plural(count));
	for (size_t i = 0; i < count; i++) {
		if (!list[i].data && list[i].bytes > 0)
			return error_set(COHORT_EINVAL,
			                 "%s: the object's data is NULL, but "
			                 "it has %zu byte%s (piece %zu)",
			                 function, list[i].bytes,
			                 plural(list[i].bytes), i);
		if (list[i].bytes > PTRDIFF_MAX / 2 - bytes)
			return error_set(COHORT_EINVAL,
			                 "%s: the object has more bytes than "
			                 "there can be in memory: piece %zu "
			                 "has %zu",
			                 function, i, list[i].bytes);
		bytes += list[i].bytes;
	}
	*out = (struct pieces){list, count, bytes};
	return COHORT_OK;
}

void pieces_copy(const struct pieces *pieces, void *to)
{
	unsigned char *next = to;

	for (size_t i = 0; i < pieces->count; i++) {
		const cohort_blob *piece = &pieces->list[i];
		if (piece->bytes > 0)
			memcpy(next, piece->data, piece->bytes);
		next += piece->bytes;
	}
}

const void *pieces_next(const struct pieces *pieces, size_t *at, void *staging,
                        size_t *bytes)
{
	const cohort_blob *first = NULL;
	size_t begin = *at;
	size_t i = begin;
	size_t filled = 0;

	*bytes = 0;
	for (; i < pieces->count; i++) {
		const cohort_blob *piece = &pieces->list[i];
		if (piece->bytes == 0)
			continue;
		if (first && (piece->bytes >= PIECES_SMALL ||
		              *bytes + piece->bytes > PIECES_STAGED))
			break;
		*bytes += piece->bytes;
		filled++;
		if (!first) {
			first = piece;
			begin = i;
		}
		if (piece->bytes >= PIECES_SMALL) {
			i++;
			break;
		}
	}
	*at = i;
	if (filled < 2)
		return first ? first->data : NULL;
	if (!staging)
		return pieces;
	pieces_copy(&(struct pieces){pieces->list + begin, i - begin, *bytes},
	            staging);
	return staging;
}

size_t pieces_segments(const struct pieces *pieces, bool *staged)
{
	size_t at = 0;
	size_t bytes;
	size_t count = 0;
	const void *segment;

	*staged = false;
	while ((segment = pieces_next(pieces, &at, NULL, &bytes))) {
		*staged |= segment == pieces;
		count++;
	}
	return count;
}
