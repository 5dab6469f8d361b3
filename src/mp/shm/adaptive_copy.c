#include "adaptive_copy.h"

#include "common/base/clock.h"

enum { LINE = 64 };

/* A rank uses nontemporal stores if cached ones take more than so many times as
 * long. The factor is larger than 1 because readers then have to fetch the data
 * from memory. Measured: 1 to 4 where cores share a cache, about 12 where they
 * do not. */
static const double nontemporal_gain = 7;

static copy_function *const ways[COPY_WAYS] = {
    [COPY_CACHED] = shm_copy,
    [COPY_NONTEMPORAL] = shm_copy_nontemporal,
};

static enum copy_way better_way(const double line_seconds[COPY_WAYS])
{
	return line_seconds[COPY_NONTEMPORAL] > 0 &&
	               line_seconds[COPY_CACHED] >
	                   nontemporal_gain * line_seconds[COPY_NONTEMPORAL]
	           ? COPY_NONTEMPORAL
	           : COPY_CACHED;
}

static enum copy_way other_way(enum copy_way way)
{
	return way == COPY_CACHED ? COPY_NONTEMPORAL : COPY_CACHED;
}

struct copy_plan copy_plan(struct copy_state *state, size_t bytes)
{
	const uint64_t at =
	    (state->bytes + COPY_PERIOD - COPY_FIRST) % COPY_PERIOD;
	const bool trial = at < COPY_TRIAL;
	const uint64_t timed_from = (trial ? 0 : COPY_TRIAL) + COPY_TRIAL / 2;

	state->bytes += bytes;
	state->copies++;
	if (!trial)
		state->way = better_way(state->line_seconds);
	return (struct copy_plan){
	    .way = trial ? other_way(state->way) : state->way,
	    .timed = at >= timed_from &&
	             (trial || state->copies % COPY_TIMED_EVERY == 0),
	};
}

/* A shorter time counts in full. A longer one counts a quarter: the rank may
 * have been interrupted during the copy. */
void copy_learn(struct copy_state *state, enum copy_way way,
                double line_seconds)
{
	double *known = &state->line_seconds[way];

	*known = *known == 0 || line_seconds < *known
	             ? line_seconds
	             : (3 * *known + line_seconds) / 4;
}

static double copy_seconds(copy_function *copy, void *to, const void *from,
                           size_t bytes)
{
	const double start = clock_seconds();

	copy(to, from, bytes);
	return clock_seconds() - start;
}

void adaptive_copy(struct copy_state *state, void *to, const void *from,
                   size_t bytes)
{
	if (bytes < COPY_ADAPTS_FROM || !COPY_ADAPTIVE) {
		shm_copy(to, from, bytes);
		return;
	}
	const struct copy_plan plan = copy_plan(state, bytes);
	if (!plan.timed) {
		ways[plan.way](to, from, bytes);
		return;
	}
	const double seconds = copy_seconds(ways[plan.way], to, from, bytes);
	copy_learn(state, plan.way, seconds * LINE / (double)bytes);
}
