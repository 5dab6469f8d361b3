/* Where in a set of slots the data of a rendezvous is stored. */
#ifndef COHORT_MP_SHM_SLOT_H
#define COHORT_MP_SHM_SLOT_H

#include <stddef.h>
#include <stdint.h>

enum {
	SLOT_LEAST = 64, /* bytes: a cache line */
	/* Slots of this size or less use only so much of the room, so that a
	 * rank that makes small calls touches few pages. */
	SLOT_SMALL = 4 * 1024,
	SLOT_SMALL_ROOM = 64 * 1024, /* in a ring */
	SLOT_SMALL_SET = 16 * 1024,  /* in each set of slots */
	/* Large slots of many ranks (staging.h): so many sets, and where in
	 * the set. What other slots use then ends before that. */
	FEW_SETS = 2,
	FEW_OFFSET = 128 * 1024
};

/* The size of a slot for `bytes` bytes: a power of two. */
static inline size_t slot_bytes(size_t bytes)
{
	size_t slot = SLOT_LEAST;

	while (slot < bytes)
		slot *= 2;
	return slot;
}

/* How much of a ring of `room` bytes slots of this size use. */
static inline size_t slot_room(size_t room, size_t slot)
{
	return slot <= SLOT_SMALL && room > SLOT_SMALL_ROOM ? SLOT_SMALL_ROOM
	                                                    : room;
}

/*
 * Slots take turns in `room` bytes of the set, a power of two; a slot that is
 * larger uses always the same bytes. Before a slot is written again, its last
 * reader has used so much other memory, in all sets together, that the lines of
 * the slot have left the cache beside the reader's core, unless all slots are
 * SLOT_SMALL or less. A line that is still there is slow to write
 * (slot_ahead.h). `turn` counts the rendezvous that use this set.
 */
static inline size_t slot_offset(size_t room, uint64_t turn, size_t bytes)
{
	const size_t slot = slot_bytes(bytes);

	if (slot <= SLOT_SMALL && room > SLOT_SMALL_SET)
		room = SLOT_SMALL_SET;
	return slot < room ? (size_t)turn * slot & (room - 1) : 0;
}

#endif
