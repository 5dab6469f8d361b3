/*
 * Where the data that a rank brings to a rendezvous is stored: up to
 * PAYLOAD_BYTES in the payload of its arrival, up to SLOT_BYTES in a slot. It
 * stays there until the rank prepares the rendezvous that has the same set of
 * slots.
 */
#ifndef COHORT_MP_SHM_STAGING_H
#define COHORT_MP_SHM_STAGING_H

#include "adaptive_copy.h"
#include "rendezvous_state.h"
#include "slot.h"

/* Offset into a set of slots. */
static inline size_t staging_offset(const struct rendezvous *rdv, size_t bytes)
{
	return slot_offset(rdv->plane->slots_room, rdv->number / ARRIVALS,
	                   bytes);
}

/* Where rank r stores so many bytes, SLOT_BYTES at most. */
static inline unsigned char *staging_of(const struct rendezvous *rdv, int r,
                                        size_t bytes)
{
	return bytes <= PAYLOAD_BYTES
	           ? rendezvous_arrival(rdv, r)->payload
	           : rdv->arena->slabs[r].slots[rdv->number % ARRIVALS] +
	                 staging_offset(rdv, bytes);
}

/*
 * In a call to which every rank brings so many bytes, slots take turns in
 * FEW_SETS sets instead of ARRIVALS, if the slots of all sets and ranks would
 * not fit the cache that the cores share. All have arrived at the rendezvous
 * before, which staging_bring_few awaits; so nobody needs the data of the one
 * before that any more, which lies in the same set.
 */
static inline bool staging_is_few(const struct rendezvous *rdv, size_t bytes)
{
	return bytes > PAYLOAD_BYTES && bytes > rdv->plane->slot_most;
}

static inline unsigned char *staging_of_each(const struct rendezvous *rdv,
                                             int r, size_t bytes)
{
	return staging_is_few(rdv, bytes)
	           ? rdv->arena->slabs[r].slots[rdv->number % FEW_SETS] +
	                 FEW_OFFSET
	           : staging_of(rdv, r, bytes);
}

/* Where the last rank to arrive stores a result that it computed for all. */
static inline unsigned char *staging_of_result(const struct rendezvous *rdv,
                                               size_t bytes)
{
	return bytes <= PAYLOAD_BYTES
	           ? rdv->arena->barrier->payload
	           : rdv->arena->results[rdv->number % ARRIVALS] +
	                 staging_offset(rdv, bytes);
}

/* Copy into memory that other ranks will read. */
static inline void staging_put(const struct rendezvous *rdv, void *to,
                               const void *from, size_t bytes)
{
	if (bytes <= PAYLOAD_BYTES)
		shm_copy_few(to, from, bytes);
	else
		adaptive_copy(&rdv->plane->copy_state, to, from, bytes);
}

/* Copy from there into this rank's own memory. */
static inline void staging_take(void *to, const void *from, size_t bytes)
{
	if (bytes <= PAYLOAD_BYTES)
		shm_copy_few(to, from, bytes);
	else
		shm_copy(to, from, bytes);
}

/* Before a rendezvous: store `bytes` bytes where readers look for `most` bytes,
 * which may be more. `data` must not change until this rank arrives. */
static inline void staging_bring(struct rendezvous *rdv, const void *data,
                                 size_t bytes, size_t most)
{
	if (most <= PAYLOAD_BYTES) {
		rendezvous_attach(rdv, data, bytes);
	} else if (bytes > 0) {
		staging_put(rdv, staging_of(rdv, rdv->rank, most), data, bytes);
		rdv->plane->brought = rdv->number;
	}
}

COHORT_CHECKED cohort_status staging_bring_few(struct rendezvous *rdv,
                                               const void *data, size_t bytes,
                                               size_t most);

/* The same in a call in which every rank brings data: readers find it at
 * staging_of_each. */
COHORT_CHECKED static inline cohort_status
staging_bring_each(struct rendezvous *rdv, const void *data, size_t bytes,
                   size_t most)
{
	if (staging_is_few(rdv, most))
		return staging_bring_few(rdv, data, bytes, most);
	staging_bring(rdv, data, bytes, most);
	return COHORT_OK;
}

#endif
