#include "names.h"

#include <string.h>

/* Longer names are never near. */
enum { NAME_MOST = 64 };

static size_t least(size_t a, size_t b, size_t c)
{
	const size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

static size_t edit_distance(const char *a, const char *b)
{
	const size_t length = strlen(b);
	size_t row[NAME_MOST + 1];

	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < length; j++) {
			const size_t above = row[j + 1];

			row[j + 1] = least(above + 1, row[j] + 1,
			                   diagonal + (a[i] != b[j]));
			diagonal = above;
		}
	}
	return row[length];
}

const char *names_nearest(const char *name, const char *const names[],
                          size_t count)
{
	const char *nearest = NULL;
	size_t most = strlen(name) / 3 + 1;

	for (size_t i = 0; i < count; i++) {
		if (strlen(names[i]) > NAME_MOST)
			continue;
		const size_t distance = edit_distance(name, names[i]);
		if (distance <= most && (distance < most || !nearest)) {
			nearest = names[i];
			most = distance;
		}
	}
	return nearest;
}
