#define _POSIX_C_SOURCE 200809L
#include "wait.h"

#include "common/base/cancellation.h"
#include "common/base/descriptor_poll.h"
#include "common/base/rank_states.h"
#include "common/base/wait_hook.h"
#include "diagnose.h"
#include "monitor_link.h"
#include "rank_check.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

enum {
	/* Between the checks of a sleeper that is not woken. */
	CHECK_LEAST_MS = 8,
	CHECK_MS = 50,
	LOST_MS = 500 /* until the cause of a closed socket must be known */
};

void wait_for(struct wait *wait, int rank)
{
	wait_for_word(wait, rank, NULL, 0);
}

void wait_for_word(struct wait *wait, int rank, _Atomic uint64_t *word,
                   uint64_t value)
{
	const struct mp_world *world = wait->world;
	struct rank_record *record = &world->control->records[world->rank];

	wait->awaited = rank;
	atomic_store_explicit(&record->awaited, word, memory_order_relaxed);
	atomic_store_explicit(&record->awaited_value, value,
	                      memory_order_relaxed);
	atomic_store_explicit(&record->awaits, rank + 1, memory_order_release);
}

void wait_for_nobody(struct wait *wait)
{
	const struct mp_world *world = wait->world;

	atomic_store_explicit(&world->control->records[world->rank].awaits, 0,
	                      memory_order_relaxed);
}

cohort_status wait_failure(const struct wait *wait)
{
	/* The exit code was written before the world was broken for it. */
	const int aborted = atomic_load(&wait->world->control->aborted);

	if (aborted)
		_exit(aborted & ~ABORTED);
	return control_failure(wait->world->control, call_function(wait->call));
}

cohort_status wait_break(const struct wait *wait,
                         const struct world_failure *failure)
{
	world_break(wait->world, failure);
	return wait_check(wait);
}

/* Read the records of all ranks, once in each call, and again after each event:
 * a rank that ends or refuses a call announces it. */
static cohort_status check_ranks(struct wait *wait, uint32_t events)
{
	struct mp_world *world = wait->world;
	struct world_failure failure;

	if (wait->checked && events == world->seen)
		return COHORT_OK;
	/* A rank may have refused a call that this one has left, and then have
	 * left the program: the refusal came first. */
	const bool failed = rank_check_refused(world, wait->call, &failure) ||
	                    rank_check_left(world, &failure);
	wait->checked = true;
	world->seen = events;
	return failed ? wait_break(wait, &failure) : COHORT_OK;
}

static cohort_status check_endings(const struct wait *wait)
{
	struct world_failure failure;

	return rank_check_ending(wait->world, wait->awaited, &failure)
	           ? wait_break(wait, &failure)
	           : COHORT_OK;
}

static cohort_status check_monitor(const struct wait *wait)
{
	const struct mp_world *world = wait->world;

	if (!world_lost_monitor(world))
		return COHORT_OK;
	const bool lost = world->monitor_link >= 0 &&
	                  monitor_link_is_lost(world->monitor_link);
	const struct world_failure failure = {
	    .reason = lost ? WORLD_FAILURE_UNLINKED : WORLD_FAILURE_MONITOR};
	return wait_break(wait, &failure);
}

/* The first call of a wait reads the clock and sets the limit: a call that
 * hardly waits does not pay for it. While rank 0 hands over results, the limit
 * moves on. */
static double time_left(struct wait *wait)
{
	const uint64_t delivered = atomic_load(&wait->world->states->delivered);

	if (wait->limit.at == 0 || wait->delivered != delivered)
		wait->limit = time_limit_in(wait->timeout);
	wait->delivered = delivered;
	return time_limit_left(&wait->limit);
}

static cohort_status check_deadline(struct wait *wait)
{
	if (wait->timeout == 0 || time_left(wait) > 0)
		return COHORT_OK;
	struct world_failure failure =
	    diagnose_timeout(wait->world, wait->awaited);
	failure.call_a = *wait->call;
	failure.seconds = wait->timeout;
	return wait_break(wait, &failure);
}

cohort_status wait_check_ranks(struct wait *wait)
{
	/* Before the checks: what happens during them is a new event. */
	const uint32_t events = atomic_load(&wait->world->control->events);
	cohort_status status = wait_check(wait);

	return status == COHORT_OK ? check_ranks(wait, events) : status;
}

static void abandon(void *arg)
{
	const struct wait *wait = arg;

	world_abandon(wait->world, wait->call);
}

void wait_sleeps(struct wait *wait, struct jump_watch *watch)
{
	jump_watch_begin(watch, abandon, wait);
}

cohort_status wait_check_all(struct wait *wait)
{
	const int cancel_state = cancellation_forbid();

	wait_hook_call();
	cohort_status status = wait_check_ranks(wait);

	if (status == COHORT_OK)
		status = check_endings(wait);
	if (status == COHORT_OK)
		status = check_monitor(wait);
	if (status == COHORT_OK)
		status = check_deadline(wait);
	cancellation_allow(cancel_state);
	return status;
}

int wait_nap(struct wait *wait, int most)
{
	if (wait->timeout == 0)
		return most;
	double left = ceil(1e3 * time_left(wait));
	return left < 0 ? 0 : left < most ? (int)left : most;
}

/* A rank in poll is not woken by the mark of the kernel on the mutex of a rank
 * that dies (liveness.h), and a socket is closed only after the memory of the
 * rank is freed. So it looks for the mark, less often with more ranks, since
 * all of them together cost the cores time. */
static int check_ms(const struct mp_world *world)
{
	const int ms = world->size / 2;

	return ms < CHECK_LEAST_MS ? CHECK_LEAST_MS
	       : ms > CHECK_MS     ? CHECK_MS
	                           : ms;
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
		struct jump_watch watch;
		wait_sleeps(wait, &watch);
		int ready =
		    descriptor_poll_ms(polls, (nfds_t)(count + POLLS_BEHIND),
		                       wait_nap(wait, check_ms(world)));
		jump_watch_end(&watch);
		if (ready < 0 && errno != EINTR)
			return wait_call_failed(wait, FAILED_POLL);
		if (ready < 0)
			ready = 0;
		/* Data comes before failures: a rank that answered, closed its
		 * group and left has not failed this one. */
		for (int i = 0; ready > 0 && i < count; i++)
			if (polls[i].revents)
				return COHORT_OK;
		cohort_status status = wait_check_all(wait);
		if (status != COHORT_OK)
			return status;
	}
}

/* The rank has ended, or it has closed the socket itself. If it has ended, the
 * monitor reports that within LOST_MS, or has been killed, and its link has
 * ended: often either has happened already. After the end of rank 0 the monitor
 * kills this rank, and all others that have seen the same: to look for more
 * would keep the cores from it. */
cohort_status wait_socket_closed(struct wait *wait, int rank)
{
	const struct world_failure closed = {.reason = WORLD_FAILURE_CLOSED,
	                                     .a = rank};
	struct pollfd polls[] = {
	    {.fd = wait->world->failure_event, .events = POLLIN},
	    {.fd = wait->world->monitor_link, .events = POLLIN},
	};
	cohort_status status =
	    rank == 0 ? wait_check_ranks(wait) : wait_check_all(wait);

	for (int ms = 0; ms < LOST_MS && status == COHORT_OK; ms += CHECK_MS) {
		descriptor_poll_ms(polls, 2, CHECK_MS);
		status = wait_check_all(wait);
	}
	return status == COHORT_OK ? wait_break(wait, &closed) : status;
}

cohort_status wait_call_failed(const struct wait *wait, enum failed_call call)
{
	const struct world_failure failure = {
	    .reason = WORLD_FAILURE_SYSTEM,
	    .a = wait->world->rank,
	    .number = (uint64_t)errno,
	    .number_b = call,
	};

	return wait_break(wait, &failure);
}
