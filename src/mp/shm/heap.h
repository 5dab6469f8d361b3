/* A rank's heap in the arena: whole pages, first fit. What is free and what is
 * not is known to its rank only, in memory of its own. */
#ifndef COHORT_MP_SHM_HEAP_H
#define COHORT_MP_SHM_HEAP_H

#include <stdbool.h>
#include <stddef.h>

struct heap_block {
	size_t offset;
	size_t bytes;
};

struct arena;

struct heap {
	struct arena *arena;
	unsigned char *start;
	size_t bytes;
	struct heap_block *blocks; /* in use, by offset */
	size_t count;
	size_t room;
};

/* Zeroed, page-aligned; NULL if there is no room, with *largest the most that
 * there is in one piece. If that would do, it is malloc that has failed. */
void *heap_alloc(struct heap *heap, size_t bytes, size_t *largest);

/* The most that there is in one piece. */
size_t heap_largest(const struct heap *heap);

/* Gives all but the first `bytes` bytes of a piece back; there are at least as
 * many. */
void heap_trim(struct heap *heap, void *memory, size_t bytes);

/* Gives the pages back. False if nothing begins there. */
bool heap_free(struct heap *heap, void *memory);

void heap_close(struct heap *heap);

#endif
