#include "call_check.h"

#include "channel.h"
#include "sockets.h"

/*
 * Single bytes that ranks send before any data. ENTERED, from a peer: it has
 * entered the call in its record of the control page. ENTERED, from rank 0: all
 * ranks have, go on. NUDGE: wake up and call wait_check_all; the receiver goes
 * on waiting if that finds nothing. A nudge is left out if the socket is full.
 */
enum token { NUDGE, ENTERED };

/* Break the world if rank r's call is another than this rank's. */
static cohort_status compare_call(const struct wait *wait, int r,
                                  const size_t counts[])
{
	const struct call *theirs = &wait->world->control->records[r].call;
	struct world_failure failure = {
	    .a = r,
	    .b = wait->world->rank,
	    .call_a = *theirs,
	    .call_b = *wait->call,
	};

	if (!call_matches(theirs, wait->call)) {
		failure.reason = WORLD_FAILURE_MISMATCH;
		return wait_break(wait, &failure);
	}
	if (counts && counts[r] != theirs->count) {
		failure.reason = WORLD_FAILURE_COUNTS;
		failure.b = wait->call->root; /* who passed the counts */
		failure.number = theirs->count;
		failure.number_b = counts[r];
		return wait_break(wait, &failure);
	}
	return COHORT_OK;
}

/* Read one token from rank r; *entered tells whether r has entered this call.
 * If r has entered an earlier call, which this rank refused, it has not: r is
 * about to break the world. */
static cohort_status read_token(struct wait *wait, int r, bool *entered)
{
	const struct mp_world *world = wait->world;
	unsigned char token;
	cohort_status status = channel_recv(wait, r, &token, 1);

	if (status == COHORT_OK && token == NUDGE)
		status = wait_check_all(wait);
	if (status != COHORT_OK)
		return status;
	*entered = token == ENTERED &&
	           atomic_load_explicit(&world->control->records[r].entered,
	                                memory_order_acquire) >= world->calls;
	return COHORT_OK;
}

/* Rank 0: the socket to rank r is ready. */
static cohort_status receive_entry(struct wait *wait, int r,
                                   const size_t counts[], int *missing)
{
	bool entered = false;
	cohort_status status = read_token(wait, r, &entered);

	if (status != COHORT_OK || !entered)
		return status;
	sockets_of(wait->world)->polls[r - 1].fd = -1;
	--*missing;
	return compare_call(wait, r, counts);
}

/* Rank 0: wait for the peers in any order, and compare each call at once. */
static cohort_status receive_entries(struct wait *wait, const size_t counts[])
{
	const struct mp_world *world = wait->world;
	const struct sockets *sockets = sockets_of(world);
	struct pollfd *polls = sockets->polls;
	int missing = world->size - 1;

	for (int r = 1; r < world->size; r++)
		polls[r - 1] =
		    (struct pollfd){.fd = sockets->fds[r], .events = POLLIN};
	while (missing > 0) {
		cohort_status status = wait_polls(wait, polls, world->size - 1);
		for (int r = 1; r < world->size && status == COHORT_OK; r++)
			if (polls[r - 1].fd >= 0 && polls[r - 1].revents)
				status =
				    receive_entry(wait, r, counts, &missing);
		if (status != COHORT_OK)
			return status;
	}
	return COHORT_OK;
}

/* Rank 0: another rank is the root; its counts follow its token. */
static cohort_status receive_counts(struct wait *wait)
{
	const struct mp_world *world = wait->world;
	const int root = wait->call->root;
	size_t *counts = sockets_of(world)->counts;
	cohort_status status = channel_recv(
	    wait, root, counts, (size_t)world->size * sizeof(*counts));

	for (int r = 0; r < world->size && status == COHORT_OK; r++)
		status = compare_call(wait, r, counts);
	return status;
}

static cohort_status check_as_rank0(struct wait *wait, const size_t counts[])
{
	static const unsigned char entered = ENTERED;
	cohort_status status = receive_entries(wait, counts);

	if (status == COHORT_OK && !counts && wait->call->counts == COUNTS_OWN)
		status = receive_counts(wait);
	for (int r = 1; r < wait->world->size && status == COHORT_OK; r++)
		status = channel_send(wait, r, &entered, 1);
	return status;
}

static cohort_status check_as_peer(struct wait *wait, const size_t counts[])
{
	static const unsigned char entered = ENTERED;
	bool go = false;
	cohort_status status = channel_send(wait, 0, &entered, 1);

	if (status == COHORT_OK && counts)
		status =
		    channel_send(wait, 0, counts,
		                 (size_t)wait->world->size * sizeof(*counts));
	/* Rank 0 may have refused the call before this rank entered it. All
	 * else is checked when the wait takes long. */
	if (status == COHORT_OK)
		status = wait_check_ranks(wait);
	while (status == COHORT_OK && !go)
		status = read_token(wait, 0, &go);
	return status;
}

/* Compare with the ranks that have entered the call already: rank 0 may enter
 * it much later, and two peers must learn of a mismatch without it. Of two
 * ranks that enter at the same time, at least one sees the other. */
static cohort_status compare_present(const struct wait *wait)
{
	const struct mp_world *world = wait->world;

	for (int r = 0; r < world->size; r++) {
		const struct rank_record *record = &world->control->records[r];
		if (atomic_load(&record->entered) != world->calls ||
		    control_has_refused(world->control, r, world->calls))
			continue;
		cohort_status status = compare_call(wait, r, NULL);
		if (status != COHORT_OK)
			return status;
	}
	return COHORT_OK;
}

cohort_status call_check(struct wait *wait, const size_t counts[])
{
	struct mp_world *world = wait->world;
	struct rank_record *record = &world->control->records[world->rank];

	world->calls++;
	if (wait->call != &record->call)
		record->call = *wait->call;
	atomic_store(&record->entered, world->calls);
	cohort_status status = wait_check(wait);
	if (status == COHORT_OK)
		status = compare_present(wait);
	if (status != COHORT_OK)
		return status;
	return world->rank == 0 ? check_as_rank0(wait, counts)
	                        : check_as_peer(wait, counts);
}

void call_check_refuse(struct mp_world *world, const struct call *call)
{
	static const unsigned char nudge = NUDGE;

	control_refuse(world->control, world->rank, ++world->calls, call);
	if (world->rank != 0)
		channel_nudge(world, 0, &nudge, 1);
	for (int r = 1; r < world->size && world->rank == 0; r++)
		channel_nudge(world, r, &nudge, 1);
}
