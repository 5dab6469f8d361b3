#include "arena_regions.h"

#include "arena.h"
#include "heap.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

enum { HEAD_BYTES = 64, RESERVE_LEAST = 64 * 1024 };

/* In front of each region. */
struct region_head {
	_Atomic unsigned readers; /* other ranks that the region is lent to */
	_Atomic size_t used;      /* bytes, with the head, by any process */
	struct region_head *retired; /* the next one in the owner's list */
};

static struct arena_regions *regions_of(struct region_allocator *base)
{
	return (struct arena_regions *)base;
}

static struct region_head *region_head_of(void *start)
{
	return (struct region_head *)((unsigned char *)start - HEAD_BYTES);
}

/* A forked copy of the owner may have used more of the region than the owner
 * has opened. The owner must open that too, to clear it. */
static bool open_used(const struct arena_regions *regions,
                      struct region_head *head)
{
	return arena_open(regions->arena, head, atomic_load(&head->used));
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
static void free_retired(struct arena_regions *regions)
{
	struct region_head **link = &regions->retired;

	while (*link) {
		struct region_head *head = *link;
		if (atomic_load_explicit(&head->readers, memory_order_acquire) >
		    0) {
			link = &head->retired;
			continue;
		}
		*link = head->retired;
		free_region(regions, head);
	}
}

/* Take half of the largest free piece: tasks may allocate, too. */
static void *arena_reserve(struct region_allocator *base, size_t *bytes)
{
	struct arena_regions *regions = regions_of(base);

	free_retired(regions);
	const size_t most = heap_largest(regions->heap) / 2;
	size_t largest;
	struct region_head *head = NULL;
	if (most >= RESERVE_LEAST)
		head = heap_alloc(regions->heap, most, &largest);
	if (!head) {
		errno = ENOMEM;
		return NULL;
	}
	if (!arena_open(regions->arena, head, HEAD_BYTES)) {
		heap_free(regions->heap, head);
		return NULL;
	}
	*bytes = most - HEAD_BYTES;
	return (unsigned char *)head + HEAD_BYTES;
}

static bool arena_use(struct region_allocator *base, void *start, size_t bytes)
{
	struct region_head *head = region_head_of(start);
	const size_t whole = HEAD_BYTES + bytes;

	if (!arena_open(regions_of(base)->arena, head, whole))
		return false;
	if (atomic_load(&head->used) < whole)
		atomic_store(&head->used, whole);
	return true;
}

static void arena_trim(struct region_allocator *base, void *start, size_t bytes)
{
	const struct arena_regions *regions = regions_of(base);
	struct region_head *head = region_head_of(start);

	if (open_used(regions, head))
		heap_trim(regions->heap, head, HEAD_BYTES + bytes);
}

static void arena_release(struct region_allocator *base, void *start)
{
	struct region_head *head = region_head_of(start);

	head->retired = regions_of(base)->retired;
	regions_of(base)->retired = head;
	free_retired(regions_of(base));
}

static void arena_lend(struct region_allocator *base, void *start,
                       unsigned others)
{
	(void)base;
	atomic_fetch_add(&region_head_of(start)->readers, others);
}

/* Regions were lent to the rank, not to forked copies of it. */
static void arena_give_back(struct region_allocator *base, void *start)
{
	if (regions_of(base)->owner == getpid())
		atomic_fetch_sub(&region_head_of(start)->readers, 1);
}

void regions_prepare(struct arena_regions *regions, struct arena *arena,
                     struct heap *heap)
{
	*regions = (struct arena_regions){
	    .base = {.reserve = arena_reserve,
	             .use = arena_use,
	             .trim = arena_trim,
	             .release = arena_release,
	             .lend = arena_lend,
	             .give_back = arena_give_back},
	    .arena = arena,
	    .heap = heap,
	    .owner = getpid(),
	};
}
