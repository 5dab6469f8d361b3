/* Where in the room for slots a meeting's data lie. */
#ifndef COHORT_MP_SHM_SLOT_H
#define COHORT_MP_SHM_SLOT_H

#include <stddef.h>
#include <stdint.h>

enum {
	SLOT_LEAST = 64,        /* bytes; a cache line */
	SLOT_SMALL = 4 * 1024,  /* those of small calls, */
	SLOT_SMALL_ROOM = 65536 /* which are to stay in few pages */
};

/* A power of two that holds `bytes`. */
static inline size_t slot_bytes(size_t bytes)
{
	size_t slot = SLOT_LEAST;

	while (slot < bytes)
		slot *= 2;
	return slot;
}

/* What slots of this size use of a room. */
static inline size_t slot_room(size_t room, size_t slot)
{
	return slot <= SLOT_SMALL && room > SLOT_SMALL_ROOM ? SLOT_SMALL_ROOM
	                                                    : room;
}

/*
 * `turn` counts meetings of the same parity. Slots go round the whole room, a
 * power of two, so that the next time a line is written its last reader has
 * dropped it from the cache beside its core.
 */
static inline size_t slot_offset(size_t room, uint64_t turn, size_t bytes)
{
	const size_t slot = slot_bytes(bytes);

	return (size_t)turn * slot & (slot_room(room, slot) - 1);
}

#endif
