#include "adaptive_copy.h"

#include "common/base/clock.h"

enum { LINE = 64 };

enum { SMOOTHING = 8, CAP = 8 };

static copy_function *const ways[COPY_WAYS] = {
    [COPY_CACHED] = shm_copy,
    [COPY_NONTEMPORAL] = shm_copy_nontemporal,
};

/* A rank uses nontemporal stores if cached ones take more than so many times as
 * long. The factor is larger than 1 because readers then have to fetch the data
 * from memory. Measured with copies of 2 KiB to 16 MiB on one processor whose
 * cores are now near and now far: 0.4 to 1.8 where they share a cache, in small
 * copies up to 2.7, and 3.6 to 13 where they do not. */
static const double nontemporal_gain[COPY_SIZES] = {
    [COPY_SMALL] = 3.5,
    [COPY_LARGE] = 2.5,
};

static const struct trial_plan trial_plan = {
    .least = COPY_WAIT_LEAST,
    .length = COPY_TRIAL,
    .most = COPY_WAIT_MOST,
};

static enum copy_way better_way(const double line_seconds[COPY_WAYS],
                                double gain)
{
	return line_seconds[COPY_NONTEMPORAL] > 0 &&
	               line_seconds[COPY_CACHED] >
	                   gain * line_seconds[COPY_NONTEMPORAL]
	           ? COPY_NONTEMPORAL
	           : COPY_CACHED;
}

static enum copy_way other_way(enum copy_way way)
{
	return way == COPY_CACHED ? COPY_NONTEMPORAL : COPY_CACHED;
}

static void choose_stores(struct copy_choice *choice, double gain)
{
	const enum copy_way way = better_way(choice->line_seconds, gain);

	if (way == choice->way)
		return;
	choice->way = way;
	choice->trials = (struct trials){0};
}

struct copy_plan copy_plan(struct copy_state *state, size_t bytes)
{
	const enum copy_size size = copy_size(bytes);
	struct copy_choice *choice = &state->of[size];
	struct trials *trials = &choice->trials;

	if (!trials_under_way(trials, &trial_plan))
		choose_stores(choice, nontemporal_gain[size]);
	const bool trial = trials_under_way(trials, &trial_plan);
	const uint64_t begun = trial ? trials_wait(trials, &trial_plan) : 0;
	const bool settled = trials->done >= begun + COPY_TRIAL / 2;

	trials_advance(trials, &trial_plan, bytes);
	/* A trial does not depend on what was measured before. */
	if (!trial && trials_under_way(trials, &trial_plan))
		choice->line_seconds[other_way(choice->way)] = 0;
	choice->copies++;
	return (struct copy_plan){
	    .way = trial ? other_way(choice->way) : choice->way,
	    .timed =
	        settled && (trial || choice->copies % COPY_TIMED_EVERY == 0),
	};
}

/* Cached stores take longer or shorter with each line, depending on who has it,
 * so what counts is the mean, lately. Nontemporal ones do not depend on that: a
 * shorter time counts in full, a longer one is a disturbance. */
void copy_learn(struct copy_state *state, size_t bytes, enum copy_way way,
                double line_seconds)
{
	double *known = &state->of[copy_size(bytes)].line_seconds[way];

	if (*known == 0 || (way == COPY_NONTEMPORAL && line_seconds < *known)) {
		*known = line_seconds;
		return;
	}
	/* The rank may have been interrupted during the copy. */
	if (line_seconds > CAP * *known)
		line_seconds = CAP * *known;
	*known += (line_seconds - *known) / SMOOTHING;
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
	copy_learn(state, bytes, plan.way, seconds * LINE / (double)bytes);
}
