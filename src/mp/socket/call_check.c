#include "call_check.h"

#include "channel.h"
#include "sockets.h"

/*
 * What goes through a socket before any data is single bytes. COME, from a
 * peer: I have come to the call that is in my line of the control page. COME,
 * from rank 0: all have, go on. NUDGE: wake up and look around; it may be left
 * out when the socket is full, and is passed over by whoever finds nothing.
 */
enum token { NUDGE, COME };

static struct rank_record *own_line(const struct mp_world *world)
{
	return &world->control->records[world->rank];
}

/* Whether rank r's call is this rank's. */
static cohort_status compare(const struct wait *wait, int r,
                             const size_t counts[])
{
	const struct call *theirs = &wait->world->control->records[r].call;
	struct world_failure world_failure = {
	    .a = r,
	    .b = wait->world->rank,
	    .call_a = *theirs,
	    .call_b = *wait->call,
	};

	if (!call_matches(theirs, wait->call)) {
		world_failure.reason = WORLD_FAILURE_MISMATCH;
		return wait_break(wait, &world_failure);
	}
	if (counts && counts[r] != theirs->count) {
		world_failure.reason = WORLD_FAILURE_COUNTS;
		world_failure.b = wait->call->root; /* whose counts they are */
		world_failure.number = theirs->count;
		world_failure.number_b = counts[r];
		return wait_break(wait, &world_failure);
	}
	return COHORT_OK;
}

/* Read one token from rank r; *come tells whether it lets this call go on. A
 * rank that came to a call which this one refused is not in this call: it is
 * about to break the world. */
static cohort_status read_token(struct wait *wait, int r, bool *come)
{
	const struct mp_world *world = wait->world;
	unsigned char token;
	cohort_status status = channel_recv(wait, r, &token, 1);

	if (status == COHORT_OK && token == NUDGE)
		status = wait_look(wait);
	if (status != COHORT_OK)
		return status;
	*come = token == COME &&
	        atomic_load_explicit(&world->control->records[r].entered,
	                             memory_order_acquire) >= world->calls;
	return COHORT_OK;
}

/* Rank 0: what has come from rank r. */
static cohort_status hear(struct wait *wait, int r, const size_t counts[],
                          int *missing)
{
	bool come = false;
	cohort_status status = read_token(wait, r, &come);

	if (status != COHORT_OK || !come)
		return status;
	sockets_of(wait->world)->polls[r - 1].fd = -1;
	--*missing;
	return compare(wait, r, counts);
}

/* Rank 0: take the peers in as they come, and compare at once. */
static cohort_status hear_all(struct wait *wait, const size_t counts[])
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
				status = hear(wait, r, counts, &missing);
		if (status != COHORT_OK)
			return status;
	}
	return COHORT_OK;
}

/* Rank 0: another rank is the root, and sends its counts behind its token. */
static cohort_status check_counts(struct wait *wait)
{
	const struct mp_world *world = wait->world;
	const int root = wait->call->root;
	size_t *counts = sockets_of(world)->counts;
	cohort_status status = channel_recv(
	    wait, root, counts, (size_t)world->size * sizeof(*counts));

	for (int r = 0; r < world->size && status == COHORT_OK; r++)
		status = compare(wait, r, counts);
	return status;
}

static cohort_status lead(struct wait *wait, const size_t counts[])
{
	static const unsigned char come = COME;
	cohort_status status = hear_all(wait, counts);

	if (status == COHORT_OK && !counts && wait->call->counts == COUNTS_OWN)
		status = check_counts(wait);
	for (int r = 1; r < wait->world->size && status == COHORT_OK; r++)
		status = channel_send(wait, r, &come, 1);
	return status;
}

static cohort_status follow(struct wait *wait, const size_t counts[])
{
	static const unsigned char come = COME;
	bool go = false;
	cohort_status status = channel_send(wait, 0, &come, 1);

	if (status == COHORT_OK && counts)
		status =
		    channel_send(wait, 0, counts,
		                 (size_t)wait->world->size * sizeof(*counts));
	/* Rank 0 may have refused before this rank came. */
	if (status == COHORT_OK)
		status = wait_look(wait);
	while (status == COHORT_OK && !go)
		status = read_token(wait, 0, &go);
	return status;
}

/* Compare with those who are in the call already: rank 0 may be long in coming,
 * and two others must not wait for it to learn that they do not match. Of two
 * who come at once, at least one sees the other. */
static cohort_status compare_present(const struct wait *wait)
{
	const struct mp_world *world = wait->world;

	for (int r = 0; r < world->size; r++) {
		const struct rank_record *line = &world->control->records[r];
		if (atomic_load(&line->entered) != world->calls ||
		    control_has_refused(world->control, r, world->calls))
			continue;
		cohort_status status = compare(wait, r, NULL);
		if (status != COHORT_OK)
			return status;
	}
	return COHORT_OK;
}

cohort_status agree(struct wait *wait, const size_t counts[])
{
	struct mp_world *world = wait->world;
	struct rank_record *line = own_line(world);

	world->calls++;
	if (wait->call != &line->call)
		line->call = *wait->call;
	atomic_store(&line->entered, world->calls);
	cohort_status status = wait_check(wait);
	if (status == COHORT_OK)
		status = compare_present(wait);
	if (status != COHORT_OK)
		return status;
	return world->rank == 0 ? lead(wait, counts) : follow(wait, counts);
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
