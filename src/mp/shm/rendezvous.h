/*
 * A rendezvous: the only way in which ranks synchronise over shared memory. It
 * is a barrier to which each rank brings a payload.
 *
 * Every collective call consists of one rendezvous or of several. All ranks
 * make the same calls, so all ranks give a rendezvous the same number. No rank
 * leaves rendezvous m before all ranks have arrived at m. Hence:
 *
 * - After rendezvous m a rank may read what any rank wrote before it arrived at
 *   m: the payload in its arrival, its slot, its ring.
 * - A rank that arrives at m + 1 has finished reading what others wrote for m.
 *   A rank that has left m + 1 knows this of all ranks. Preparing m + 2, it may
 *   overwrite its own arrival and slot of m. So two arrivals and two sets of
 *   slots for each rank are enough, one for even numbers and one for odd ones.
 *   They are never reset, and no rank acknowledges anything.
 * - An arrival contains a signature of its rank's call. Each rank that waits
 *   compares it with its own before it reads any data (mismatch.h).
 *
 * There are two barriers. With a core for each rank, and up to FLAT_MOST ranks,
 * each rank reads the arrivals of the others (flat_barrier.h). Otherwise ranks
 * add themselves to a counter (counted_barrier.h).
 */
#ifndef COHORT_MP_SHM_RENDEZVOUS_H
#define COHORT_MP_SHM_RENDEZVOUS_H

#include "counted_barrier.h"
#include "flat_barrier.h"
#include "mp/mp_group.h"
#include "rendezvous_state.h"
#include "signature.h"

/* Begin a call; its first rendezvous is the next one. The fields are set one by
 * one, because every call does this: a struct that is copied as a whole, right
 * after its fields were written one by one, makes the processor wait. */
static inline void rendezvous_begin(struct rendezvous *rdv, struct world *base,
                                    const struct call *call)
{
	const struct mp_group *group = (const struct mp_group *)base;
	struct mp_world *world = group->world;
	struct shm_plane *plane = (struct shm_plane *)group->transport;
	struct rank_record *record = &world->control->records[base->rank];
	const uint64_t number = ++world->calls;

	if (call != &record->call)
		record->call = *call;
	atomic_store_explicit(&record->entered, number, memory_order_release);
	wait_begin(&rdv->wait, world, call, group->timeout);
	rdv->plane = plane;
	rdv->arena = &plane->arena;
	rdv->rank = base->rank;
	rdv->size = base->size;
	rdv->number = plane->rendezvous_count + 1;
	rdv->signature = signature_of(call, number);
	rdv->payload_bytes = 0;
}

/* Whether the barrier is the counted one, so that there is a last rank. */
static inline bool rendezvous_is_counted(const struct rendezvous *rdv)
{
	return !rdv->plane->flat;
}

/* Arrive, and wait until all ranks have arrived. */
COHORT_CHECKED static inline cohort_status
rendezvous_join(struct rendezvous *rdv)
{
	return rendezvous_is_counted(rdv) ? counted_barrier_join(rdv)
	                                  : flat_barrier_join(rdv);
}

/* The same, but if the barrier is counted, the last rank can do something for
 * all before they go on. There *last is true, and it must call
 * rendezvous_release after that. Elsewhere *last is false. */
COHORT_CHECKED static inline cohort_status
rendezvous_join_last(struct rendezvous *rdv, bool *last)
{
	*last = false;
	return rendezvous_is_counted(rdv) ? counted_barrier_arrive(rdv, last)
	                                  : flat_barrier_join(rdv);
}

static inline void rendezvous_release(struct rendezvous *rdv)
{
	counted_barrier_release(rdv);
}

/* Go on to the next rendezvous of the same call. */
static inline void rendezvous_next(struct rendezvous *rdv)
{
	rdv->number++;
}

/*
 * A rank calls this after it has read what others wrote, unless another
 * rendezvous follows. When the world breaks, some ranks may have left the
 * rendezvous, and others fail in it. Those go on, and may overwrite or release
 * what they brought while this rank reads it. If the world is whole now, none
 * of them has done so yet. Cost: one load.
 */
COHORT_CHECKED static inline cohort_status
rendezvous_end(const struct rendezvous *rdv)
{
	atomic_thread_fence(memory_order_acquire);
	return wait_check(&rdv->wait);
}

#endif
