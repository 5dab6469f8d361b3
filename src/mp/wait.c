#define _POSIX_C_SOURCE 200809L
#include "wait.h"

#include "common/base/clock.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

enum {
	TICK_MS = 50, /* how often a sleeper looks around without being woken */
	LOST_MS = 500 /* how long a lost rank's end may take to be known */
};

void wait_for(struct wait *wait, int rank)
{
	wait_for_word(wait, rank, NULL, 0);
}

void wait_for_word(struct wait *wait, int rank, _Atomic uint64_t *word,
                   uint64_t value)
{
	struct rank_record *line =
	    &wait->world->control->records[wait->world->rank];

	wait->awaited = rank;
	atomic_store_explicit(&line->awaited, word, memory_order_relaxed);
	atomic_store_explicit(&line->awaited_value, value,
	                      memory_order_relaxed);
	atomic_store_explicit(&line->awaits, AWAITS_FIRST + rank,
	                      memory_order_release);
}

void wait_for_nobody(struct wait *wait)
{
	const struct mp_world *world = wait->world;

	atomic_store_explicit(&world->control->records[world->rank].awaits,
	                      AWAITS_NOBODY, memory_order_relaxed);
}

cohort_status wait_failure(const struct wait *wait)
{
	/* It was written before the world was broken for it. */
	const int aborted = atomic_load(&wait->world->control->aborted);

	if (aborted)
		_exit(aborted & ~ABORTED);
	return control_failure(wait->world->control, call_function(wait->call));
}

cohort_status wait_break(const struct wait *wait,
                         const struct world_failure *world_failure)
{
	world_break(wait->world, world_failure);
	return wait_check(wait);
}

/* Whether rank r has not come to the call that this rank is in. */
static bool is_missing(const struct wait *wait, int r)
{
	return atomic_load(&wait->world->control->records[r].entered) <
	       wait->world->calls;
}

/* A rank that ended in good order, all its groups closed, breaks nothing; but
 * it will not come to this call. */
static cohort_status check_gone(const struct wait *wait)
{
	const struct control_page *control = wait->world->control;

	if (atomic_load(&control->gone) == 0)
		return COHORT_OK;
	for (int r = 0; r < wait->world->size; r++) {
		struct world_failure world_failure;
		if (!atomic_load(&control->records[r].gone) ||
		    !is_missing(wait, r))
			continue;
		world_failure = world_end(wait->world, r);
		return wait_break(wait, &world_failure);
	}
	return COHORT_OK;
}

/* What it waits for is there, and it does not go on. */
static bool could_go_on(const struct rank_record *line)
{
	_Atomic uint64_t *word = atomic_load(&line->awaited);

	return word && atomic_load(word) >= atomic_load(&line->awaited_value);
}

/* Who is to blame: a rank may wait for one that itself waits for another, and
 * that one for the first, as in a stream whose reader has stopped: its ring is
 * full. */
static int culprit(const struct mp_world *world, int rank)
{
	for (int i = 0; i < world->size; i++) {
		const struct rank_record *line = &world->control->records[rank];
		const int next = atomic_load(&line->awaits);
		if (next == AWAITS_NOBODY || could_go_on(line))
			break;
		rank = next - AWAITS_FIRST;
	}
	return rank;
}

/* Of those who have not come, some may be kept by another of them. */
static int culprit_missing(const struct wait *wait, int first)
{
	const int rank = culprit(wait->world, first);

	return is_missing(wait, rank) ? rank : first;
}

static cohort_status time_out(const struct wait *wait)
{
	struct world_failure world_failure = {
	    .reason = WORLD_FAILURE_TIMEOUT,
	    .a = wait->world->rank,
	    .b = culprit(wait->world, wait->awaited),
	    .call_a = *wait->call,
	    .seconds = wait->timeout,
	};
	int missing = 0;

	for (int r = 0; r < wait->world->size; r++)
		if (is_missing(wait, r) && missing++ == 0)
			world_failure.b = culprit_missing(wait, r);
	world_failure.number = missing > 0 ? (uint64_t)missing - 1 : 0;
	return wait_break(wait, &world_failure);
}

static cohort_status check_refused(const struct wait *wait)
{
	const struct mp_world *world = wait->world;

	for (int r = 0; r < world->size; r++) {
		const struct rank_record *line = &world->control->records[r];
		if (!control_has_refused(world->control, r, world->calls))
			continue;
		const struct world_failure world_failure = {
		    .reason = WORLD_FAILURE_REFUSED,
		    .a = world->rank,
		    .b = r,
		    .call_a = *wait->call,
		    .call_b = {.kind = atomic_load(&line->refusal)},
		};
		return wait_break(wait, &world_failure);
	}
	return COHORT_OK;
}

/* The clock is first read when a rank has to wait for longer: calls that need
 * not do not pay for it. */
static double time_left(struct wait *wait)
{
	const double time = clock_seconds();

	if (wait->deadline == 0)
		wait->deadline = time + wait->timeout;
	return wait->deadline - time;
}

static cohort_status lost_monitor(const struct wait *wait)
{
	const struct world_failure world_failure = {.reason =
	                                                WORLD_FAILURE_KEEPER};

	return wait_break(wait, &world_failure);
}

/* Rank 0: the monitor ends before it only if it was killed, or with the last of
 * the peers. If they have all gone, and were not missing, they came to this
 * call before, and it is about to succeed. */
static cohort_status check_monitor(const struct wait *wait)
{
	const struct mp_world *world = wait->world;
	struct pollfd monitor_link = {.fd = world->monitor_link,
	                              .events = POLLIN};

	if (world->monitor_link < 0 || poll(&monitor_link, 1, 0) <= 0 ||
	    atomic_load(&world->control->gone) == world->size - 1)
		return COHORT_OK;
	return lost_monitor(wait);
}

cohort_status wait_look(struct wait *wait)
{
	struct mp_world *world = wait->world;
	const uint32_t events = atomic_load(&world->control->events);
	cohort_status status = wait_check(wait);

	if (status == COHORT_OK)
		status = check_gone(wait);
	if (status == COHORT_OK)
		status = check_refused(wait);
	if (status == COHORT_OK)
		status = check_monitor(wait);
	if (status == COHORT_OK && wait->timeout > 0 && time_left(wait) <= 0)
		status = time_out(wait);
	world->seen = events;
	return status;
}

int wait_nap(struct wait *wait, int most)
{
	if (wait->timeout == 0)
		return most;
	double left = ceil(1e3 * time_left(wait));
	return left < 0 ? 0 : left < most ? (int)left : most;
}

cohort_status wait_polls(struct wait *wait, struct pollfd polls[], int count)
{
	const struct mp_world *world = wait->world;
	struct pollfd *failure_event = &polls[count];
	struct pollfd *monitor_link = &polls[count + 1];

	for (;;) {
		*failure_event = (struct pollfd){.fd = world->failure_event,
		                                 .events = POLLIN};
		*monitor_link = (struct pollfd){.fd = world->monitor_link,
		                                .events = POLLIN};
		int ready = poll(polls, (nfds_t)(count + POLLS_BEHIND),
		                 wait_nap(wait, TICK_MS));
		if (ready < 0 && errno != EINTR)
			return wait_failed(wait);
		if (ready < 0)
			ready = 0;
		/* What has arrived goes first: a rank that answered, closed
		 * and left has not failed this one. */
		for (int i = 0; ready > 0 && i < count; i++)
			if (polls[i].revents)
				return COHORT_OK;
		cohort_status status = wait_look(wait);
		if (status != COHORT_OK)
			return status;
	}
}

cohort_status wait_lost(struct wait *wait, int rank)
{
	const struct world_failure closed = {.reason = WORLD_FAILURE_CLOSED,
	                                     .a = rank};
	struct pollfd failure_event = {.fd = wait->world->failure_event,
	                               .events = POLLIN};
	cohort_status status = COHORT_OK;

	for (int ms = 0; ms < LOST_MS && status == COHORT_OK; ms += TICK_MS) {
		poll(&failure_event, 1, TICK_MS);
		status = wait_look(wait);
	}
	return status == COHORT_OK ? wait_break(wait, &closed) : status;
}

cohort_status wait_failed(const struct wait *wait)
{
	const struct world_failure world_failure = {
	    .reason = WORLD_FAILURE_SYSTEM,
	    .a = wait->world->rank,
	    .number = (uint64_t)errno,
	};

	return wait_break(wait, &world_failure);
}
