#include "adaptive_copy.h"

#include "common/base/clock.h"
#include "copy.h"

enum { LINE = 64 };

/* So many times as long as past the caches must a copy through them take before
 * it is avoided: who reads what went past has to fetch it from memory. It is 1
 * to 4 where cores share a cache, and about 12 where they do not. */
static const double past_cost = 7;

static copy_function *const ways[COPY_WAYS] = {
    [COPY_CACHED] = shm_copy,
    [COPY_NONTEMPORAL] = shm_copy_nontemporal,
};

static enum copy_way quicker(const double line_seconds[COPY_WAYS])
{
	return line_seconds[COPY_NONTEMPORAL] > 0 &&
	               line_seconds[COPY_CACHED] >
	                   past_cost * line_seconds[COPY_NONTEMPORAL]
	           ? COPY_NONTEMPORAL
	           : COPY_CACHED;
}

static enum copy_way other(enum copy_way way)
{
	return way == COPY_CACHED ? COPY_NONTEMPORAL : COPY_CACHED;
}

struct copy_plan copy_plan(struct copy_state *pace, size_t bytes)
{
	const uint64_t at =
	    (pace->bytes + COPY_PERIOD - COPY_FIRST) % COPY_PERIOD;
	const bool trial = at < COPY_TRIAL;
	const uint64_t settled = (trial ? 0 : COPY_TRIAL) + COPY_TRIAL / 2;

	pace->bytes += bytes;
	pace->copies++;
	if (!trial)
		pace->way = quicker(pace->line_seconds);
	return (struct copy_plan){
	    .way = trial ? other(pace->way) : pace->way,
	    .timed = at >= settled &&
	             (trial || pace->copies % COPY_TIMED_EVERY == 0),
	};
}

/* A copy may be slow because its rank was interrupted, and is quick for no
 * other reason than that it is. */
void copy_learn(struct copy_state *pace, enum copy_way way, double line_seconds)
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

void adaptive_copy(struct copy_state *pace, void *to, const void *from,
                   size_t bytes)
{
	if (bytes < COPY_ADAPTS_FROM || !HAS_NONTEMPORAL) {
		shm_copy(to, from, bytes);
		return;
	}
	const struct copy_plan plan = copy_plan(pace, bytes);
	if (!plan.timed) {
		ways[plan.way](to, from, bytes);
		return;
	}
	const double seconds = seconds_of(ways[plan.way], to, from, bytes);
	copy_learn(pace, plan.way, seconds * LINE / (double)bytes);
}
