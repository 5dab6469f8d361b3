/*
 * A rendezvous: the only way in which ranks synchronise over shared memory. It
 * is a barrier to which each rank brings a payload.
 *
 * Every collective call consists of one rendezvous or of several. All ranks
 * make the same calls, so all ranks give a rendezvous the same number. A rank
 * that joins rendezvous m does not leave it before all ranks have arrived at m.
 * Hence it may then read what any rank wrote before it arrived at m: the
 * payload in its arrival, its slot, its ring.
 *
 * In small broadcasts and gathers a rank leaves early, without waiting for
 * ranks that it needs nothing from (early_leave.h). It may read what another
 * rank has brought to m as soon as it has seen that rank's arrival at m.
 *
 * An arrival contains a signature of its rank's call. Before a rank reads what
 * another one has brought, it compares the other's signature with its own
 * (mismatch.h).
 *
 * Arrivals and slots are used in turns, by number of the rendezvous modulo
 * ARRIVALS. They are never reset, and no rank acknowledges anything. With
 * w = EARLY_MOST, which is ARRIVALS / 2 - 1:
 *
 * - A rank leaves m after it has settled m - w: all ranks have arrived there,
 *   and it has read all arrivals of m - w and before for the last time. So a
 *   rank that arrives at n has no more use for arrivals up to n - w - 1, nor
 *   for the data of any rendezvous before n.
 * - A rank that arrives at n knows that all ranks have arrived at n - w - 1. So
 *   nobody needs its arrival of n - 2 (w + 1) = n - ARRIVALS any more, which it
 *   overwrites, nor its slot of that number.
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
	/* The test for the usual case: it is the only one then. */
	if (rdv->plane->in_step)
		return flat_barrier_join(rdv);
	return rendezvous_is_counted(rdv) ? counted_barrier_join(rdv)
	                                  : flat_barrier_join_unsettled(rdv);
}

/* The same, but if the barrier is counted, the last rank can do something for
 * all before they go on. There *last is true, and it must call
 * rendezvous_release after that. Elsewhere *last is false. */
COHORT_CHECKED static inline cohort_status
rendezvous_join_last(struct rendezvous *rdv, bool *last)
{
	*last = false;
	if (rdv->plane->in_step)
		return flat_barrier_join(rdv);
	return rendezvous_is_counted(rdv) ? counted_barrier_arrive(rdv, last)
	                                  : flat_barrier_join_unsettled(rdv);
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
