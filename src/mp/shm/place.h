/*
 * Where what ranks bring to a meeting lies, until the meeting after the next:
 * as much as a flag's payload holds in the flag, up to SLOT_BYTES in a slot. And
 * how it gets there and back.
 */
#ifndef COHORT_MP_SHM_PLACE_H
#define COHORT_MP_SHM_PLACE_H

#include "copy.h"
#include "meet.h"
#include "slot.h"

/* Bytes into the room of this meeting's parity. */
static inline size_t place_offset(const struct meet *meet, size_t bytes)
{
	return slot_offset(meet->wait.world->slots_room, meet->number / 2,
	                   bytes);
}

/* Rank r's place for so many bytes, SLOT_BYTES at most. */
static inline unsigned char *place_of(const struct meet *meet, int r,
                                      size_t bytes)
{
	return bytes <= PAYLOAD_BYTES
	           ? meet_flag(meet, r)->payload
	           : meet->arena->slabs[r].slots[meet->number % 2] +
	                 place_offset(meet, bytes);
}

/* Where the last to come puts what it has worked out for all, after it. */
static inline unsigned char *place_of_result(const struct meet *meet,
                                             size_t bytes)
{
	return bytes <= PAYLOAD_BYTES ? meet->arena->hall->payload
	                              : meet->arena->results[meet->number % 2] +
	                                    place_offset(meet, bytes);
}

/* Copy into memory that other ranks will read. */
static inline void place_put(const struct meet *meet, void *to,
                             const void *from, size_t bytes)
{
	if (bytes <= PAYLOAD_BYTES)
		shm_copy_few(to, from, bytes);
	else
		put_copy(&meet->wait.world->pace, to, from, bytes);
}

/* Copy from there into this rank's own memory. */
static inline void place_take(void *to, const void *from, size_t bytes)
{
	if (bytes <= PAYLOAD_BYTES)
		shm_copy_few(to, from, bytes);
	else
		shm_copy(to, from, bytes);
}

/* Before a meeting: `bytes` bytes of this rank's to its place for `most`, which
 * may be more. They must stand until the meeting. */
static inline void place_bring(struct meet *meet, const void *data,
                               size_t bytes, size_t most)
{
	if (most <= PAYLOAD_BYTES)
		meet_bring(meet, data, bytes);
	else if (bytes > 0)
		place_put(meet, place_of(meet, meet->rank, most), data, bytes);
}

#endif
