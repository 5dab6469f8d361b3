#include "put.h"

#include "common/clock.h"
#include "copy.h"

enum { LINE = 64 };

/* So many times as long as past the caches must a copy through them take before
 * it is avoided: who reads what went past has to fetch it from memory. It is 1
 * to 4 where cores share a cache, and about 12 where they do not. */
static const double past_cost = 7;

static copy_function *const ways[PUT_WAYS] = {
    [PUT_THROUGH] = shm_copy,
    [PUT_PAST] = shm_copy_past,
};

static enum put_way quicker(const double line_seconds[PUT_WAYS])
{
	return line_seconds[PUT_PAST] > 0 &&
	               line_seconds[PUT_THROUGH] >
	                   past_cost * line_seconds[PUT_PAST]
	           ? PUT_PAST
	           : PUT_THROUGH;
}

static enum put_way other(enum put_way way)
{
	return way == PUT_THROUGH ? PUT_PAST : PUT_THROUGH;
}

struct put_plan put_plan(struct put_pace *pace, size_t bytes)
{
	const uint64_t at = (pace->bytes + PUT_PERIOD - PUT_FIRST) % PUT_PERIOD;
	const bool trial = at < PUT_TRIAL;
	const uint64_t settled = (trial ? 0 : PUT_TRIAL) + PUT_TRIAL / 2;

	pace->bytes += bytes;
	pace->copies++;
	if (!trial)
		pace->way = quicker(pace->line_seconds);
	return (struct put_plan){
	    .way = trial ? other(pace->way) : pace->way,
	    .timed =
	        at >= settled && (trial || pace->copies % PUT_TIMED_EVERY == 0),
	};
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
	if (bytes < PUT_LEAST || !COPIES_PAST) {
		shm_copy(to, from, bytes);
		return;
	}
	const struct put_plan plan = put_plan(pace, bytes);
	if (!plan.timed) {
		ways[plan.way](to, from, bytes);
		return;
	}
	const double seconds = seconds_of(ways[plan.way], to, from, bytes);
	put_learn(pace, plan.way, seconds * LINE / (double)bytes);
}
