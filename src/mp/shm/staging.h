/*
 * Where what ranks bring to a meeting lies, until the meeting after the next:
 * as much as a flag's payload holds in the flag, up to SLOT_BYTES in a slot. And
 * how it gets there and back.
 */
#ifndef COHORT_MP_SHM_STAGING_H
#define COHORT_MP_SHM_STAGING_H

#include "copy.h"
#include "rendezvous.h"
#include "slot.h"

/* Bytes into the room of this meeting's parity. */
static inline size_t staging_offset(const struct rendezvous *rdv, size_t bytes)
{
	return slot_offset(rdv->plane->slots_room, rdv->number / 2, bytes);
}

/* Rank r's place for so many bytes, SLOT_BYTES at most. */
static inline unsigned char *staging_of(const struct rendezvous *rdv, int r,
                                        size_t bytes)
{
	return bytes <= PAYLOAD_BYTES
	           ? rendezvous_arrival(rdv, r)->payload
	           : rdv->arena->slabs[r].slots[rdv->number % 2] +
	                 staging_offset(rdv, bytes);
}

/* Where the last to come puts what it has worked out for all, after it. */
static inline unsigned char *staging_of_result(const struct rendezvous *rdv,
                                               size_t bytes)
{
	return bytes <= PAYLOAD_BYTES ? rdv->arena->barrier->payload
	                              : rdv->arena->results[rdv->number % 2] +
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

/* Before a meeting: `bytes` bytes of this rank's to its place for `most`, which
 * may be more. They must stand until the meeting. */
static inline void staging_bring(struct rendezvous *rdv, const void *data,
                                 size_t bytes, size_t most)
{
	if (most <= PAYLOAD_BYTES)
		rendezvous_attach(rdv, data, bytes);
	else if (bytes > 0)
		staging_put(rdv, staging_of(rdv, rdv->rank, most), data, bytes);
}

#endif
