/* The allocator of a rank's heap in the arena: whole pages, first fit. Only the
 * rank itself allocates there, so the list of blocks is in its own memory. */
#ifndef COHORT_MP_HEAP_H
#define COHORT_MP_HEAP_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* The user of a block. */
enum heap_use {
	HEAP_PROGRAM, /* cohort_alloc */
	HEAP_REGION,  /* see arena_regions.c */
	HEAP_RETIRED  /* a region that this rank has released */
};

struct heap_block {
	size_t offset; /* from the beginning of the heap */
	size_t bytes;
	size_t written; /* no byte behind these has been written */
	enum heap_use use;
};

struct arena;

struct heap {
	struct arena *arena;
	unsigned char *start;
	size_t bytes;
	struct heap_block *blocks; /* in use, by offset */
	size_t count;
	size_t room; /* of the array `blocks` */
	/* Held by whoever uses the heap: results may be freed in any thread. */
	pthread_mutex_t lock;
};

/* Returns zeroed memory that begins at a page, for the program. NULL if there
 * is no room; *largest then receives the bytes of the largest free piece. If
 * those are enough, malloc has failed. */
void *heap_alloc(struct heap *heap, size_t bytes, size_t *largest);

/* The block at an address that heap_alloc has returned; NULL if it is free.
 * Valid until the heap changes. */
struct heap_block *heap_find(struct heap *heap, const void *memory);

/* Bytes of the largest free piece. */
size_t heap_largest(const struct heap *heap);

/* Shrink an allocation to `bytes` bytes; it has at least as many. */
void heap_trim(struct heap *heap, void *memory, size_t bytes);

/* Free an allocation. False if there is none at this address. */
bool heap_free(struct heap *heap, void *memory);

/* Release the list of blocks; the arena keeps the memory. */
void heap_close(struct heap *heap);

#endif
