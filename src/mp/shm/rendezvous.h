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
#ifndef COHORT_MP_SHM_RENDEZVOUS_H
#define COHORT_MP_SHM_RENDEZVOUS_H

#include "arena.h"
#include "backoff.h"
#include "mp/mp_group.h"
#include "signature.h"

#include <string.h>

enum { FLAT_MOST = 16, NO_GATHER = -1 };

/* One call under way. */
struct rendezvous {
	struct wait wait;
	struct shm_plane *plane;
	const struct arena *arena; /* the plane's */
	int rank;
	int size;
	uint64_t number;    /* of the meeting */
	uint64_t signature; /* of the call */
	int gather;         /* the root, of a gather whose counts to compare */
	const size_t *counts; /* what this rank counts on, if it is that root */
	const void *payload;  /* what it brings else, for its flag */
	size_t payload_bytes;
	const void *offer; /* luggage of direct.h */
};

/* Begin a call: the first meeting is the next one. Field by field, since this is
 * on every call's way: what is written in small pieces and read in one large
 * one costs more than all the rest. */
static inline void rendezvous_begin(struct rendezvous *rdv, struct world *base,
                                    const struct call *call)
{
	const struct mp_group *group = (const struct mp_group *)base;
	struct mp_world *world = group->world;
	struct shm_plane *plane = (struct shm_plane *)group->transport;
	struct rank_record *line = &world->control->records[base->rank];
	const uint64_t number = ++world->calls;

	if (call != &line->call)
		line->call = *call;
	atomic_store_explicit(&line->entered, number, memory_order_release);
	wait_begin(&rdv->wait, world, call, group->timeout);
	rdv->plane = plane;
	rdv->arena = &plane->arena;
	rdv->rank = base->rank;
	rdv->size = base->size;
	rdv->number = plane->rendezvous_count + 1;
	rdv->signature = signature_of(call, number);
	rdv->gather = NO_GATHER;
	rdv->counts = NULL;
	rdv->payload_bytes = 0;
}

/* Before a meeting: what goes into this rank's flag. It is written together with
 * the flag, since a line that is written in two goes may cross twice; so the
 * data must stand until then. */
static inline void rendezvous_attach(struct rendezvous *rdv, const void *data,
                                     size_t bytes)
{
	rdv->payload = data;
	rdv->payload_bytes = bytes;
}

/* Come, and wait until all have. */
COHORT_CHECKED cohort_status rendezvous_join(struct rendezvous *rdv);

/* The same, but let the last to come (if ranks count themselves) do something
 * for all of them first: *last is true there, and it must call rendezvous_release
 * after that; false everywhere else, where it has been called. */
COHORT_CHECKED cohort_status rendezvous_join_last(struct rendezvous *rdv,
                                                  bool *last);
void rendezvous_release(struct rendezvous *rdv);

/* Whether ranks count themselves, so that there is a last one. */
bool rendezvous_is_counted(const struct rendezvous *rdv);

/* After the last reading of what others have written: COHORT_OK if the world is
 * whole still, so that nobody can have written over it, or released it, without
 * waiting for this rank. The cost is one load. */
COHORT_CHECKED static inline cohort_status
rendezvous_end(const struct rendezvous *rdv)
{
	atomic_thread_fence(memory_order_acquire);
	return wait_check(&rdv->wait);
}

/* The meeting after this one, of the same call. */
void rendezvous_next(struct rendezvous *rdv);

/* A gather, before its meeting, on every rank: the root brings what it counts
 * on (elsewhere counts are NULL), and at the meeting every rank learns whether
 * all send so much. */
static inline void rendezvous_attach_counts(struct rendezvous *rdv, int root,
                                            const size_t counts[])
{
	rdv->gather = root;
	rdv->counts = counts;
}

/* Wait until a counter has come to `value`; `rank` is who moves it on. */
COHORT_CHECKED cohort_status rendezvous_await(struct rendezvous *rdv,
                                              _Atomic uint64_t *counter,
                                              uint64_t value, int rank);

/* Move one of this rank's own counters on, and wake who waits for it. */
void rendezvous_advance(struct rendezvous *rdv, _Atomic uint64_t *counter,
                        uint64_t value);

static inline struct arrival *rendezvous_arrival(const struct rendezvous *rdv,
                                                 int rank)
{
	return &rdv->arena->syncs[rank].arrivals[rdv->number % 2];
}

#endif
