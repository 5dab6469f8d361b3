#include "put.h"

#include "common/clock.h"
#include "copy.h"

enum {
	LINE = 64,
	TIMED_LEAST = 2048, /* bytes; fewer are copied before it matters */
	TIMED_EVERY = 8,
	OTHER_EVERY = 128 /* a multiple of that */
};

/* Who reads what went past the caches takes about as long again as who wrote
 * it. */
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
static enum put_way choose(const struct put_pace *pace)
{
	const enum put_way way = quicker(pace);

	for (int w = 0; w < PUT_WAYS; w++)
		if (pace->line_seconds[w] == 0)
			return (enum put_way)w;
	return pace->copies % OTHER_EVERY == 0 ? (enum put_way) !way : way;
}

/* A copy may be slow because its rank was interrupted, and is quick for no
 * other reason than that it is. */
static void learn(double *line_seconds, double now)
{
	*line_seconds = *line_seconds == 0 || now < *line_seconds
	                    ? now
	                    : (3 * *line_seconds + now) / 4;
}

void put_copy(struct put_pace *pace, void *to, const void *from, size_t bytes)
{
	if (bytes < TIMED_LEAST) {
		shm_copy(to, from, bytes);
		return;
	}
	const enum put_way way = choose(pace);
	if (pace->copies++ % TIMED_EVERY) {
		ways[way](to, from, bytes);
		return;
	}
	const double start = clock_seconds();
	ways[way](to, from, bytes);
	const double taken = clock_seconds() - start;
	learn(&pace->line_seconds[way], taken * LINE / (double)bytes);
}
