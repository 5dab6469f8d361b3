/* Where in a set of slots the data of a rendezvous is stored. */
#ifndef COHORT_MP_SHM_SLOT_H
#define COHORT_MP_SHM_SLOT_H

#include <stddef.h>
#include <stdint.h>

enum {
	SLOT_LEAST = 64, /* bytes: a cache line */
	/* Slots of this size or less use this much of the set, so that a rank
	 * that makes small calls touches few pages. */
	SLOT_SMALL = 4 * 1024,
	SLOT_SMALL_ROOM = 65536
};

/* The size of a slot for `bytes` bytes: a power of two. */
static inline size_t slot_bytes(size_t bytes)
{
	size_t slot = SLOT_LEAST;

	while (slot < bytes)
		slot *= 2;
	return slot;
}

/* How much of a set of `room` bytes slots of this size use. */
static inline size_t slot_room(size_t room, size_t slot)
{
	return slot <= SLOT_SMALL && room > SLOT_SMALL_ROOM ? SLOT_SMALL_ROOM
	                                                    : room;
}

/*
 * Slots take turns in the whole set, whose size is a power of two. Before a
 * slot is written again, its last reader has used so much other memory that the
 * lines of the slot have left the cache beside the reader's core. A line that
 * is still there is slow to write. `turn` counts rendezvous of the same parity.
 */
static inline size_t slot_offset(size_t room, uint64_t turn, size_t bytes)
{
	const size_t slot = slot_bytes(bytes);

	return (size_t)turn * slot & (slot_room(room, slot) - 1);
}

#endif
