#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE, MADV_DONTDUMP */
#include "arena.h"

#include <sys/mman.h>

enum { PAGE_MOST = 64 * 1024 }; /* the largest page of any machine we know */

static size_t rounded(size_t bytes)
{
	return (bytes + PAGE_MOST - 1) / PAGE_MOST * PAGE_MOST;
}

int arena_map(struct arena *arena, int ranks)
{
	const size_t desks = rounded((size_t)ranks * sizeof(struct desk));
	const size_t results = 2 * SLOT_BYTES;
	const size_t slabs = (size_t)ranks * sizeof(struct slab);
	const size_t hall = rounded(sizeof(struct hall));
	const size_t bytes = hall + desks + results + slabs;
	unsigned char *memory =
	    mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	         MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return -1;
	/* A core file has no use for it; where that cannot be said, it is
	 * large. */
	madvise(memory, bytes, MADV_DONTDUMP);
	*arena = (struct arena){
	    .bytes = bytes,
	    .hall = (void *)memory,
	    .desks = (void *)(memory + hall),
	    .results = (void *)(memory + hall + desks),
	    .slabs = (void *)(memory + hall + desks + results),
	};
	return 0;
}

void arena_unmap(struct arena *arena)
{
	if (arena->hall)
		munmap(arena->hall, arena->bytes);
	arena->hall = NULL;
}
