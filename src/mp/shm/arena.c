#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE, MADV_DONTDUMP */
#include "arena.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	PAGE_MOST = 64 * 1024, /* the largest page of any machine we know */
	HEAP_LEAST = 1024 * 1024
};

static size_t rounded(size_t bytes)
{
	return (bytes + PAGE_MOST - 1) / PAGE_MOST * PAGE_MOST;
}

/* As much as there is memory, for all ranks together: more cannot be used. */
static size_t memory_share(int ranks)
{
	const long pages = sysconf(_SC_PHYS_PAGES);
	const long page = sysconf(_SC_PAGESIZE);

	if (pages < 1 || page < 1)
		return HEAP_LEAST;
	return rounded((size_t)pages / (size_t)ranks * (size_t)page);
}

static void *map(size_t bytes)
{
	return mmap(NULL, bytes, PROT_NONE,
	            MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

int arena_map(struct arena *arena, int ranks)
{
	const size_t hall = rounded(sizeof(struct hall));
	const size_t desks = rounded((size_t)ranks * sizeof(struct desk));
	const size_t results = 2 * SLOT_BYTES;
	const size_t slabs = (size_t)ranks * sizeof(struct slab);
	const size_t fixed = hall + desks + results + slabs;
	size_t heap = memory_share(ranks);
	unsigned char *memory = map(fixed + (size_t)ranks * heap);

	while (memory == MAP_FAILED && heap > 0) {
		heap = heap / 2 >= HEAP_LEAST ? rounded(heap / 2) : 0;
		memory = map(fixed + (size_t)ranks * heap);
	}
	if (memory == MAP_FAILED)
		return -1;
	size_t *opened = calloc((size_t)ranks, sizeof(*opened));
	if (!opened || mprotect(memory, fixed, PROT_READ | PROT_WRITE)) {
		munmap(memory, fixed + (size_t)ranks * heap);
		free(opened);
		return -1;
	}
	*arena = (struct arena){
	    .bytes = fixed + (size_t)ranks * heap,
	    .hall = (void *)memory,
	    .desks = (void *)(memory + hall),
	    .results = (void *)(memory + hall + desks),
	    .slabs = (void *)(memory + hall + desks + results),
	    .heaps = memory + fixed,
	    .heap_bytes = heap,
	    .opened = opened,
	    .ranks = ranks,
	};
	/* A core file has no use for it; where that cannot be said, it is
	 * large. */
	madvise(memory, arena->bytes, MADV_DONTDUMP);
	return 0;
}

void arena_unmap(struct arena *arena)
{
	if (arena->hall)
		munmap(arena->hall, arena->bytes);
	arena->hall = NULL;
	free(arena->opened);
}

bool arena_open(struct arena *arena, const void *data, size_t bytes)
{
	const size_t offset =
	    (size_t)((const unsigned char *)data - arena->heaps);
	const size_t rank = offset / arena->heap_bytes;
	unsigned char *heap = arena->heaps + rank * arena->heap_bytes;
	const size_t end = rounded(offset % arena->heap_bytes + bytes);

	if (end <= arena->opened[rank])
		return true;
	if (mprotect(heap, end, PROT_READ | PROT_WRITE))
		return false;
	arena->opened[rank] = end;
	return true;
}

bool arena_shares(const struct arena *arena, const void *data, size_t bytes)
{
	const uintptr_t start = (uintptr_t)arena->heaps;
	const uintptr_t first = (uintptr_t)data;
	const size_t all = (size_t)arena->ranks * arena->heap_bytes;

	return first >= start && first - start < all &&
	       bytes <= all - (first - start);
}
