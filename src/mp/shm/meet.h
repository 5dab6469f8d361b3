/*
 * Meetings: the one way in which ranks synchronise over shared memory. Every
 * collective call is one meeting or several; nobody leaves a meeting before
 * all have come; and since all make the same calls, all count the same
 * meetings. From that follows everything else:
 *
 * - What a rank wrote before it came (its flag's payload, its slot) can be
 *   read by all after it.
 * - Flags and slots are used in turns, by the parity of the meeting. Whoever
 *   comes to meeting m + 1 is through with what was written for meeting m, and
 *   so at m + 2 the place of m is free again.
 * - A flag says what its rank is calling. Whoever waits compares.
 *
 * Ranks that fit the cores look at each other's flags: one cache line crosses
 * for each pair of ranks, and for two that is the least there is. When there
 * are more ranks than cores, or more than FLAT_MOST, they count themselves in
 * the hall, and the last to come says so in one word.
 * Cost: p^2 cache lines, all at once; or p additions in a row and p lines.
 */
#ifndef COHORT_MP_SHM_MEET_H
#define COHORT_MP_SHM_MEET_H

#include "arena.h"
#include "idle.h"
#include "mp/group.h"
#include "signature.h"

#include <string.h>

enum { FLAT_MOST = 16, NO_GATHER = -1 };

/* One call under way. */
struct meet {
	struct wait wait;
	const struct arena *arena;
	int rank;
	int size;
	uint64_t number;    /* of the meeting */
	uint64_t signature; /* of the call */
	int gather;         /* the root, of a gather whose counts to compare */
	const size_t *counts; /* what this rank counts on, if it is that root */
	const void *luggage;  /* what it brings else, for its flag */
	size_t luggage_bytes;
	const void *offer; /* luggage of direct.h */
};

/* Begin a call: the first meeting is the next one. Field by field, since this is
 * on every call's way: what is written in small pieces and read in one large
 * one costs more than all the rest. */
static inline void meet_begin(struct meet *meet, struct world *base,
                              const struct call *call)
{
	const struct mp_group *group = (const struct mp_group *)base;
	struct mp_world *world = group->world;
	struct line *line = &world->control->lines[base->rank];
	const uint64_t number = ++world->calls;

	if (call != &line->call)
		line->call = *call;
	atomic_store_explicit(&line->entered, number, memory_order_release);
	wait_begin(&meet->wait, world, call, group->timeout);
	meet->arena = &world->arena;
	meet->rank = base->rank;
	meet->size = base->size;
	meet->number = world->meetings + 1;
	meet->signature = signature_of(call, number);
	meet->gather = NO_GATHER;
	meet->counts = NULL;
	meet->luggage_bytes = 0;
}

/* Before a meeting: what goes into this rank's flag. It is written together with
 * the flag, since a line that is written in two goes may cross twice; so the
 * data must stand until then. */
static inline void meet_bring(struct meet *meet, const void *data, size_t bytes)
{
	meet->luggage = data;
	meet->luggage_bytes = bytes;
}

/* Come, and wait until all have. */
COHORT_CHECKED cohort_status meet_all(struct meet *meet);

/* The same, but let the last to come (if ranks count themselves) do something
 * for all of them first: *last is true there, and it must call meet_release
 * after that; false everywhere else, where it has been called. */
COHORT_CHECKED cohort_status meet_all_but(struct meet *meet, bool *last);
void meet_release(struct meet *meet);

/* Whether ranks count themselves, so that there is a last one. */
bool meet_counts(const struct meet *meet);

/* After the last reading of what others have written: COHORT_OK if the world is
 * whole still, so that nobody can have written over it, or released it, without
 * waiting for this rank. The cost is one load. */
COHORT_CHECKED static inline cohort_status meet_end(const struct meet *meet)
{
	atomic_thread_fence(memory_order_acquire);
	return wait_check(&meet->wait);
}

/* The meeting after this one, of the same call. */
void meet_next(struct meet *meet);

/* A gather, before its meeting, on every rank: the root brings what it counts
 * on (elsewhere counts are NULL), and at the meeting every rank learns whether
 * all send so much. */
static inline void meet_bring_counts(struct meet *meet, int root,
                                     const size_t counts[])
{
	meet->gather = root;
	meet->counts = counts;
}

/* Wait until a counter has come to `value`; `rank` is who moves it on. */
COHORT_CHECKED cohort_status meet_await(struct meet *meet,
                                        _Atomic uint64_t *counter,
                                        uint64_t value, int rank);

/* Move one of this rank's own counters on, and wake who waits for it. */
void meet_advance(struct meet *meet, _Atomic uint64_t *counter, uint64_t value);

static inline struct flag *meet_flag(const struct meet *meet, int rank)
{
	return &meet->arena->desks[rank].flags[meet->number % 2];
}

#endif
