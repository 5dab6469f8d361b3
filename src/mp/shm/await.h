/*
 * Waiting until a word in shared memory has reached a value. Words only grow.
 *
 * A rank first spins for a few loads, which is all that ranks in step need.
 * Then it records which rank it waits for, so that a timeout can name the rank
 * that holds up the others, and backs off (backoff.h).
 */
#ifndef COHORT_MP_SHM_AWAIT_H
#define COHORT_MP_SHM_AWAIT_H

#include "backoff.h"
#include "rendezvous_state.h"

enum {
	AWAIT_SPINS = 128,
	AWAIT_SPINS_CROWDED = 8, /* with more ranks than cores */
};

static inline bool await_reached(_Atomic uint64_t *word, uint64_t value)
{
	return atomic_load_explicit(word, memory_order_acquire) >= value;
}

/* Whether the word reaches the value within so many loads. There is no pause
 * between the loads: it would delay the last of them. */
static inline bool await_spin(int spins, _Atomic uint64_t *word, uint64_t value)
{
	for (int i = 0; i < spins; i++)
		if (await_reached(word, value))
			return true;
	return false;
}

/* Wait without the first spins. `rank` is the rank that will write the word. If
 * it is this rank, the word is the counted barrier's, and this rank waits for
 * the ranks that have not arrived at rendezvous `value`. */
COHORT_CHECKED cohort_status await_backing_off(struct rendezvous *rdv,
                                               _Atomic uint64_t *word,
                                               uint64_t value, int rank);

/* Wait until rank `rank` has moved one of its counters to `value`. */
COHORT_CHECKED static inline cohort_status
await_counter(struct rendezvous *rdv, _Atomic uint64_t *counter, uint64_t value,
              int rank)
{
	const int spins = rdv->plane->fits ? AWAIT_SPINS : AWAIT_SPINS_CROWDED;

	return await_spin(spins, counter, value)
	           ? COHORT_OK
	           : await_backing_off(rdv, counter, value, rank);
}

/* Move a counter to `value`, and wake the ranks that sleep. */
static inline void await_advance(struct rendezvous *rdv,
                                 _Atomic uint64_t *counter, uint64_t value)
{
	atomic_store_explicit(counter, value, memory_order_release);
	backoff_wake(rdv->wait.world->control);
}

#endif
