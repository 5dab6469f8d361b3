/* Where in the room for slots a meeting's data lie. */
#ifndef COHORT_MP_SHM_SLOT_H
#define COHORT_MP_SHM_SLOT_H

#include <stddef.h>
#include <stdint.h>

enum {
	SLOT_LEAST = 64,        /* bytes; a cache line */
	SLOT_SMALL = 2048,      /* what a core's first cache does not notice */
	SLOT_SMALL_ROOM = 32768 /* few pages, since most calls are small */
};

/* A power of two that holds `bytes`. */
static inline size_t slot_bytes(size_t bytes)
{
	size_t slot = SLOT_LEAST;

	while (slot < bytes)
		slot *= 2;
	return slot;
}

/*
 * `turn` counts meetings of the same parity. Slots go round the whole room, a
 * power of two, so that the next time a line is written its last reader has
 * dropped it from the cache beside its core.
 */
static inline size_t slot_offset(size_t room, uint64_t turn, size_t bytes)
{
	const size_t slot = slot_bytes(bytes);

	if (slot <= SLOT_SMALL && room > SLOT_SMALL_ROOM)
		room = SLOT_SMALL_ROOM;
	return (size_t)turn * slot & (room - 1);
}

#endif
