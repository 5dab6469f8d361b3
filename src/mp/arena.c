#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE, MADV_DONTDUMP */
#include "arena.h"

#include "common/base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	PAGE_MOST =
	    64 * 1024, /* the largest page of any machine that we know */
	HEAP_LEAST = 1024 * 1024
};

static size_t round_to_pages(size_t bytes)
{
	return (bytes + PAGE_MOST - 1) / PAGE_MOST * PAGE_MOST;
}

/* All heaps together are as large as the memory; more could not be used. */
static size_t heap_share(int ranks)
{
	const size_t bytes = memory_limit() / (size_t)ranks;

	return round_to_pages(bytes > HEAP_LEAST ? bytes : HEAP_LEAST);
}

static void *map_arena(size_t bytes)
{
	return mmap(NULL, bytes, PROT_NONE,
	            MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

/* Map `fixed` bytes and a heap for each rank, as large as the system allows.
 * *heap receives its bytes. */
static void *map_with_heaps(size_t fixed, int ranks, size_t *heap)
{
	*heap = heap_share(ranks);
	void *memory = map_arena(fixed + (size_t)ranks * *heap);

	while (memory == MAP_FAILED && *heap > 0) {
		*heap = *heap / 2 >= HEAP_LEAST ? round_to_pages(*heap / 2) : 0;
		memory = map_arena(fixed + (size_t)ranks * *heap);
	}
	return memory;
}

/* An emulator (qemu-user) may report success without dropping pages. So try it,
 * while the memory is empty. */
static bool really_removes(unsigned char *memory, size_t bytes)
{
	volatile unsigned char *byte = memory;

	*byte = 1;
	const bool removed = !madvise(memory, bytes, MADV_REMOVE) && *byte == 0;
	*byte = 0;
	return removed;
}

int arena_map(struct arena *arena, int ranks, const char **failed)
{
	const size_t barrier = round_to_pages(sizeof(struct barrier));
	const size_t syncs =
	    round_to_pages((size_t)ranks * sizeof(struct rank_sync));
	const size_t results = ARRIVALS * SLOTS_BYTES;
	const size_t slabs = (size_t)ranks * sizeof(struct slab);
	const size_t fixed = barrier + syncs + results + slabs;
	size_t heap;
	unsigned char *memory = map_with_heaps(fixed, ranks, &heap);

	*failed = "mmap of the arena";
	if (memory == MAP_FAILED)
		return -1;
	_Atomic size_t *opened = calloc((size_t)ranks, sizeof(*opened));
	*failed = opened ? "mprotect of the arena" : "calloc";
	if (!opened || mprotect(memory, fixed, PROT_READ | PROT_WRITE)) {
		munmap(memory, fixed + (size_t)ranks * heap);
		free(opened);
		return -1;
	}
	*arena = (struct arena){
	    .bytes = fixed + (size_t)ranks * heap,
	    .barrier = (void *)memory,
	    .syncs = (void *)(memory + barrier),
	    .results = (void *)(memory + barrier + syncs),
	    .slabs = (void *)(memory + barrier + syncs + results),
	    .heaps = memory + fixed,
	    .heap_bytes = heap,
	    .opened = opened,
	    .ranks = ranks,
	    .removes = really_removes(memory, barrier),
	};
	/* Core files should not contain the arena. If the system refuses, they
	 * do. */
	madvise(memory, arena->bytes, MADV_DONTDUMP);
	return 0;
}

void arena_unmap(struct arena *arena)
{
	if (arena->barrier)
		munmap(arena->barrier, arena->bytes);
	arena->barrier = NULL;
	free(arena->opened);
}

void arena_keep_heaps(const struct arena *arena)
{
	unsigned char *begin = (unsigned char *)arena->barrier;

	if (arena->removes)
		madvise(begin, (size_t)(arena->heaps - begin), MADV_REMOVE);
}

/* Where an address lies. */
struct heap_place {
	size_t rank;         /* in whose heap */
	unsigned char *heap; /* where that heap begins */
	size_t begin;        /* bytes between the two addresses */
};

static struct heap_place heap_place(const struct arena *arena, const void *data)
{
	const size_t offset =
	    (size_t)((const unsigned char *)data - arena->heaps);
	const size_t rank = offset / arena->heap_bytes;

	return (struct heap_place){
	    .rank = rank,
	    .heap = arena->heaps + rank * arena->heap_bytes,
	    .begin = offset % arena->heap_bytes,
	};
}

bool arena_open(struct arena *arena, const void *data, size_t bytes)
{
	const struct heap_place place = heap_place(arena, data);
	const size_t end = round_to_pages(place.begin + bytes);
	_Atomic size_t *opened = &arena->opened[place.rank];
	size_t before = atomic_load_explicit(opened, memory_order_relaxed);

	if (end <= before)
		return true;
	/* The pages before may be unwritable on purpose; see arena_shut. */
	if (mprotect(place.heap + arena->opened[place.rank],
	             end - arena->opened[place.rank], PROT_READ | PROT_WRITE))
		return false;
	/* Another thread may have opened more meanwhile. */
	while (before < end &&
	       !atomic_compare_exchange_weak(opened, &before, end))
		;
	return true;
}

bool arena_write(const struct arena *arena, void *data, size_t bytes,
                 bool writable)
{
	const struct heap_place place = heap_place(arena, data);
	const size_t opened = arena->opened[place.rank];
	const size_t room = opened > place.begin ? opened - place.begin : 0;

	return room == 0 ||
	       !mprotect(data, bytes < room ? bytes : room,
	                 writable ? PROT_READ | PROT_WRITE : PROT_READ);
}

bool arena_shut(const struct arena *arena)
{
	unsigned char *begin = (unsigned char *)arena->barrier;
	bool shut = !mprotect(begin, (size_t)(arena->heaps - begin), PROT_READ);

	for (int r = 0; r < arena->ranks; r++)
		if (arena->opened[r] > 0)
			shut &= !mprotect(arena->heaps +
			                      (size_t)r * arena->heap_bytes,
			                  arena->opened[r], PROT_READ);
	return shut;
}

void arena_clear(struct arena *arena, void *data, size_t bytes, size_t written)
{
	const struct heap_place place = heap_place(arena, data);
	const size_t end = place.begin + bytes;
	const size_t opened = arena->opened[place.rank];
	size_t open = 0;

	if (bytes == 0)
		return;
	if (opened > place.begin)
		open = (opened < end ? opened : end) - place.begin;
	/* To write zeros would need memory for each page that has none. */
	if (open > 0 && (!arena->removes || madvise(data, open, MADV_REMOVE)))
		memset(data, 0, open < written ? open : written);
}

bool arena_shares(const struct arena *arena, const void *data, size_t bytes)
{
	const uintptr_t start = (uintptr_t)arena->heaps;
	const uintptr_t first = (uintptr_t)data;
	const size_t all = (size_t)arena->ranks * arena->heap_bytes;

	return first >= start && first - start < all &&
	       bytes <= all - (first - start);
}

bool arena_in_heap(const struct arena *arena, int r, const void *data,
                   size_t bytes)
{
	const uintptr_t start =
	    (uintptr_t)arena->heaps + (size_t)r * arena->heap_bytes;
	const uintptr_t first = (uintptr_t)data;

	return first >= start && first - start < arena->heap_bytes &&
	       bytes <= arena->heap_bytes - (first - start);
}

bool arena_holds_word(const struct arena *arena, const void *word)
{
	const uintptr_t start = (uintptr_t)arena->barrier;
	const uintptr_t end = (uintptr_t)arena->slabs;
	const uintptr_t first = (uintptr_t)word;

	return first >= start && first < end && first % sizeof(uint64_t) == 0;
}
