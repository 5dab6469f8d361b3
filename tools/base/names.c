#include "names.h"

#include <string.h>

/* Longer names are never near. */
enum { NAME_MOST = 64 };

static size_t least(size_t a, size_t b, size_t c)
{
	const size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Rows of the table of distances between the beginnings of both: the one that
 * is made, and the two before it. */
static size_t edit_distance(const char *a, const char *b)
{
	const size_t length = strlen(b);
	size_t rows[3][NAME_MOST + 1];
	size_t *two = rows[0];
	size_t *one = rows[1];
	size_t *row = rows[2];

	for (size_t j = 0; j <= length; j++)
		one[j] = j;
	for (size_t i = 0; a[i]; i++) {
		row[0] = i + 1;
		for (size_t j = 0; j < length; j++) {
			row[j + 1] = least(one[j + 1] + 1, row[j] + 1,
			                   one[j] + (a[i] != b[j]));
			if (i > 0 && j > 0 && a[i] == b[j - 1] &&
			    a[i - 1] == b[j] && two[j - 1] + 1 < row[j + 1])
				row[j + 1] = two[j - 1] + 1;
		}
		size_t *const last = two;
		two = one;
		one = row;
		row = last;
	}
	return one[length];
}

const char *names_within(const char *name, size_t most,
                         const char *const names[], size_t count)
{
	const char *nearest = NULL;

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

const char *names_nearest(const char *name, const char *const names[],
                          size_t count)
{
	return names_within(name, strlen(name) / 3 + 1, names, count);
}
