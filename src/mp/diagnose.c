#include "diagnose.h"

enum { NO_RANK = -1 };

/* The rank that rank r waits for; NO_RANK if r says none that there is. */
static int next_in_chain(const struct mp_world *world, int r)
{
	const int next = atomic_load(&world->control->records[r].awaits) - 1;

	return next >= 0 && next < world->size ? next : NO_RANK;
}

/* Whether this process may read the word that another rank says it waits for: a
 * stray write may have put any address there. */
static bool is_readable(const struct mp_world *world, const void *word)
{
	const struct mp_transport *transport = world->transport;

	return transport->hooks->holds_word &&
	       transport->hooks->holds_word(transport, word);
}

/* Whether the word that rank r waits for has the value, so that only r itself
 * keeps it from going on. */
static bool could_go_on(const struct mp_world *world, int r)
{
	const struct rank_record *record = &world->control->records[r];
	_Atomic uint64_t *word = atomic_load(&record->awaited);

	return word && is_readable(world, word) &&
	       atomic_load(word) >= atomic_load(&record->awaited_value);
}

/* Follow the chain of ranks that wait for each other, from `rank` on, to the
 * rank that waits for none or could go on. The chain can be a ring: in a
 * stream, the reader waits for the owner, and the owner for a stopped reader,
 * because its ring buffer is full. */
static int end_of_chain(const struct mp_world *world, int rank)
{
	for (int i = 0; i < world->size; i++) {
		const int next = next_in_chain(world, rank);
		if (next == NO_RANK || could_go_on(world, rank))
			break;
		rank = next;
	}
	return rank;
}

/* Of the ranks that have not entered the call, one may keep another from
 * entering it: blame that one. */
static int blame_missing(const struct mp_world *world, int first)
{
	const int rank = end_of_chain(world, first);

	return control_is_missing(world->control, rank, world->calls) ? rank
	                                                              : first;
}

struct world_failure diagnose_timeout(const struct mp_world *world, int awaited)
{
	struct world_failure failure = {
	    .reason = WORLD_FAILURE_TIMEOUT,
	    .a = world->rank,
	    .b = end_of_chain(world, awaited),
	};
	int missing = 0;

	for (int r = 0; r < world->size; r++)
		if (control_is_missing(world->control, r, world->calls) &&
		    missing++ == 0)
			failure.b = blame_missing(world, r);
	/* Of several missing ranks, the one that this rank waits for. */
	if (control_is_missing(world->control, awaited, world->calls))
		failure.b = blame_missing(world, awaited);
	failure.number = missing > 0 ? (uint64_t)missing - 1 : 0;
	return failure;
}
