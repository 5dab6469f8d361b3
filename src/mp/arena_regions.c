/*
 * A page in front of each region has the counters that several processes write.
 * All else that the allocator knows is in the owner's list of blocks. A task in
 * a forked copy of the owner may write anywhere, so no address and no length
 * lies in the memory that the copy can write.
 */
#define _POSIX_C_SOURCE 200809L
#include "arena_regions.h"

#include "arena.h"
#include "heap.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

enum { RESERVE_LEAST = 64 * 1024 };

struct region_head {
	_Atomic unsigned readers; /* other ranks that read the region */
	_Atomic size_t used;      /* bytes, with the head, by any process */
};

static struct arena_regions *regions_of(struct region_allocator *base)
{
	return (struct arena_regions *)base;
}

static size_t head_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static struct region_head *region_head_of(void *start)
{
	return (struct region_head *)((unsigned char *)start - head_bytes());
}

/* A forked copy of the owner may have used more of the region than the owner
 * has opened. The owner must open that too, to clear it. */
static bool open_used(const struct arena_regions *regions,
                      struct region_head *head)
{
	struct heap_block *block = heap_find(regions->heap, head);
	const size_t used = atomic_load(&head->used);

	block->written = used < block->bytes ? used : block->bytes;
	if (block->written < head_bytes())
		block->written = head_bytes();
	return arena_open(regions->arena, head, block->written);
}

/* Memory that cannot be cleared stays allocated. */
static void free_region(const struct arena_regions *regions,
                        struct region_head *head)
{
	const bool freed =
	    !open_used(regions, head) || heap_free(regions->heap, head);

	assert(freed);
	(void)freed;
}

/* Free the retired regions that no rank reads any more. */
static void free_retired(const struct arena_regions *regions)
{
	const struct heap *heap = regions->heap;

	if (atomic_load(regions->failed))
		return;
	for (size_t i = heap->count; i-- > 0;) {
		void *head = heap->start + heap->blocks[i].offset;
		const struct region_head *region = head;
		if (heap->blocks[i].use == HEAP_RETIRED &&
		    atomic_load_explicit(&region->readers,
		                         memory_order_acquire) == 0)
			free_region(regions, head);
	}
}

/* Take most of the largest free piece, but not all: tasks may allocate, too.
 * Half of it would not be enough where memory is scarce: while a sweep runs,
 * the results of the last one are still there, and may lie in the middle. */
static void *arena_reserve(struct region_allocator *base, size_t *bytes)
{
	struct arena_regions *regions = regions_of(base);

	free_retired(regions);
	const size_t most = heap_largest(regions->heap) / 8 * 7;
	size_t largest;
	struct region_head *head = NULL;
	if (most >= RESERVE_LEAST && most > head_bytes())
		head = heap_alloc(regions->heap, most, &largest);
	if (!head) {
		errno = ENOMEM;
		return NULL;
	}
	if (!arena_open(regions->arena, head, head_bytes())) {
		heap_free(regions->heap, head);
		return NULL;
	}
	heap_find(regions->heap, head)->use = HEAP_REGION;
	*bytes = most - head_bytes();
	return (unsigned char *)head + head_bytes();
}

/* In a copy that runs tasks, the head is writable only in here. */
static bool note_used(const struct arena_regions *regions,
                      struct region_head *head, size_t whole)
{
	if (atomic_load(&head->used) >= whole)
		return true;
	if (regions->shut &&
	    !arena_write(regions->arena, head, head_bytes(), true))
		return false;
	atomic_store(&head->used, whole);
	return !regions->shut ||
	       arena_write(regions->arena, head, head_bytes(), false);
}

static bool arena_use(struct region_allocator *base, void *start, size_t from,
                      size_t to)
{
	struct region_head *head = region_head_of(start);
	const size_t whole = head_bytes() + to;

	(void)from; /* the arena knows what is open */
	/* The address and the length may be words that any process could
	 * write. */
	if (to > PTRDIFF_MAX ||
	    !arena_shares(regions_of(base)->arena, head, whole)) {
		errno = EFAULT;
		return false;
	}
	return arena_open(regions_of(base)->arena, head, whole) &&
	       note_used(regions_of(base), head, whole);
}

bool regions_become_task(struct arena_regions *regions)
{
	const struct heap *heap = regions->heap;
	bool shut = arena_shut(regions->arena);

	for (size_t i = 0; i < heap->count; i++)
		if (heap->blocks[i].use == HEAP_PROGRAM)
			shut &=
			    arena_write(regions->arena,
			                heap->start + heap->blocks[i].offset,
			                heap->blocks[i].bytes, true);
	regions->shut = true;
	return shut;
}

static bool arena_shut_region(struct region_allocator *base, void *start,
                              size_t from, size_t to)
{
	const struct arena_regions *regions = regions_of(base);
	unsigned char *head = (unsigned char *)region_head_of(start);
	const size_t page = head_bytes();
	const size_t begin = from > 0 ? page + from / page * page : 0;
	const size_t end = page + to / page * page;
	const size_t all = heap_find(regions->heap, head)->bytes;

	return arena_write(regions->arena, head + begin, end - begin, false) &&
	       (from > 0 || end == all ||
	        arena_write(regions->arena, head + end, all - end, true));
}

static void arena_trim(struct region_allocator *base, void *start, size_t bytes)
{
	const struct arena_regions *regions = regions_of(base);
	struct region_head *head = region_head_of(start);

	if (open_used(regions, head))
		heap_trim(regions->heap, head, head_bytes() + bytes);
}

static void arena_release(struct region_allocator *base, void *start)
{
	const struct arena_regions *regions = regions_of(base);

	heap_find(regions->heap, region_head_of(start))->use = HEAP_RETIRED;
	free_retired(regions);
}

static void arena_add_readers(struct region_allocator *base, void *start,
                              unsigned readers)
{
	(void)base;
	atomic_fetch_add(&region_head_of(start)->readers, readers);
}

/* The owner counted the rank as a reader, and no forked copy of the rank. */
static void arena_drop_reader(struct region_allocator *base, void *start)
{
	if (regions_of(base)->owner == getpid())
		atomic_fetch_sub(&region_head_of(start)->readers, 1);
}

/* One thread may free results while another one runs a sweep. A forked copy may
 * have been made while a thread held the lock; it calls none of these. */
static void *locked_reserve(struct region_allocator *base, size_t *bytes)
{
	struct heap *heap = regions_of(base)->heap;

	pthread_mutex_lock(&heap->lock);
	void *start = arena_reserve(base, bytes);
	pthread_mutex_unlock(&heap->lock);
	return start;
}

static void locked_trim(struct region_allocator *base, void *start,
                        size_t bytes)
{
	struct heap *heap = regions_of(base)->heap;

	pthread_mutex_lock(&heap->lock);
	arena_trim(base, start, bytes);
	pthread_mutex_unlock(&heap->lock);
}

/* The region is the rank's. A forked copy shares its memory, but has a list of
 * blocks of its own, so it would write into what the rank still uses. */
static void locked_release(struct region_allocator *base, void *start)
{
	struct heap *heap = regions_of(base)->heap;

	if (regions_of(base)->owner != getpid())
		return;
	pthread_mutex_lock(&heap->lock);
	arena_release(base, start);
	pthread_mutex_unlock(&heap->lock);
}

static void arena_hold(struct region_allocator *base)
{
	atomic_fetch_add(&regions_of(base)->holders, 1);
}

static void arena_drop(struct region_allocator *base)
{
	struct arena_regions *regions = regions_of(base);

	if (atomic_fetch_sub(&regions->holders, 1) == 1)
		regions->release_all(regions);
}

/* Another thread may be in locked_release, which reads `failed`: that is in
 * memory of the world, which is released next. */
void regions_end(struct arena_regions *regions,
                 void (*release_all)(struct arena_regions *regions))
{
	static const _Atomic int ended = 1;

	if (!regions->heap) {
		release_all(regions);
		return;
	}
	pthread_mutex_lock(&regions->heap->lock);
	regions->failed = &ended;
	pthread_mutex_unlock(&regions->heap->lock);
	regions->release_all = release_all;
	if (atomic_load(&regions->holders) > 1)
		arena_keep_heaps(regions->arena);
	arena_drop(&regions->base);
}

void regions_prepare(struct arena_regions *regions, struct arena *arena,
                     struct heap *heap, const _Atomic int *failed)
{
	*regions = (struct arena_regions){
	    .base = {.reserve = locked_reserve,
	             .use = arena_use,
	             .shut = arena_shut_region,
	             .trim = locked_trim,
	             .release = locked_release,
	             .add_readers = arena_add_readers,
	             .drop_reader = arena_drop_reader,
	             .hold = arena_hold,
	             .drop = arena_drop},
	    .arena = arena,
	    .heap = heap,
	    .owner = getpid(),
	    .failed = failed,
	    .holders = 1,
	};
}
