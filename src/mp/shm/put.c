#include "put.h"

#include "common/clock.h"
#include "copy.h"

#include <stdbool.h>

enum { LINE = 64 };

/* So many times as long as past the caches must a copy through them take before
 * it is avoided: who reads what went past has to fetch it from memory. It is 1
 * to 3 where cores share a cache, and 10 where they do not. */
static const double past_cost = 4;

static copy_function *const ways[PUT_WAYS] = {
    [PUT_THROUGH] = shm_copy,
    [PUT_PAST] = shm_copy_past,
};

static enum put_way quicker(const struct put_pace *pace)
{
	return pace->line_seconds[PUT_THROUGH] >
	               past_cost * pace->line_seconds[PUT_PAST]
	           ? PUT_PAST
	           : PUT_THROUGH;
}

/* What is unknown is tried first, then what is quicker, and at times what was
 * not. */
enum put_way put_choose(const struct put_pace *pace)
{
	const enum put_way way = quicker(pace);
	const enum put_way other = way == PUT_THROUGH ? PUT_PAST : PUT_THROUGH;

	for (int w = 0; w < PUT_WAYS; w++)
		if (pace->line_seconds[w] == 0)
			return (enum put_way)w;
	return pace->copies % PUT_OTHER_EVERY == 0 ? other : way;
}

/* A copy may be slow because its rank was interrupted, and is quick for no
 * other reason than that it is. */
void put_learn(struct put_pace *pace, enum put_way way, double line_seconds)
{
	double *known = &pace->line_seconds[way];

	*known = *known == 0 || line_seconds < *known
	             ? line_seconds
	             : (3 * *known + line_seconds) / 4;
}

static double seconds_of(copy_function *copy, void *to, const void *from,
                         size_t bytes)
{
	const double start = clock_seconds();

	copy(to, from, bytes);
	return clock_seconds() - start;
}

void put_copy(struct put_pace *pace, void *to, const void *from, size_t bytes)
{
	if (bytes < PUT_LEAST) {
		shm_copy(to, from, bytes);
		return;
	}
	const enum put_way way = put_choose(pace);
	const bool known = pace->line_seconds[way] != 0;

	if (pace->copies++ % PUT_TIMED_EVERY && known)
		ways[way](to, from, bytes);
	else
		put_learn(pace, way,
		          seconds_of(ways[way], to, from, bytes) * LINE /
		              (double)bytes);
}
