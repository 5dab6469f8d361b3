#define _DEFAULT_SOURCE /* MADV_REMOVE */
#include "heap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t rounded(size_t bytes)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

/* Where block i begins; behind the last one, where the heap ends. */
static size_t begin_of(const struct heap *heap, size_t i)
{
	return i < heap->count ? heap->blocks[i].offset : heap->bytes;
}

static size_t end_before(const struct heap *heap, size_t i)
{
	return i == 0 ? 0
	              : heap->blocks[i - 1].offset + heap->blocks[i - 1].bytes;
}

static bool reserve_block(struct heap *heap)
{
	if (heap->count < heap->room)
		return true;
	const size_t room = heap->room ? 2 * heap->room : 16;
	struct heap_block *blocks =
	    realloc(heap->blocks, room * sizeof(*blocks));
	if (!blocks)
		return false;
	heap->blocks = blocks;
	heap->room = room;
	return true;
}

void *heap_alloc(struct heap *heap, size_t bytes, size_t *largest)
{
	*largest = 0;
	bytes = bytes ? bytes : 1;
	for (size_t i = 0; i <= heap->count; i++) {
		const size_t at = end_before(heap, i);
		const size_t gap = begin_of(heap, i) - at;
		*largest = gap > *largest ? gap : *largest;
		if (bytes > gap || rounded(bytes) > gap || !reserve_block(heap))
			continue;
		memmove(heap->blocks + i + 1, heap->blocks + i,
		        (heap->count - i) * sizeof(*heap->blocks));
		heap->blocks[i] = (struct heap_block){at, rounded(bytes)};
		heap->count++;
		return heap->start + at;
	}
	return NULL;
}

bool heap_free(struct heap *heap, void *memory)
{
	for (size_t i = 0; i < heap->count; i++) {
		const struct heap_block block = heap->blocks[i];
		if (heap->start + block.offset != memory)
			continue;
		/* The kernel takes the pages, so that they cost nothing while
		 * they are free, and are zero the next time. */
		if (madvise(memory, block.bytes, MADV_REMOVE))
			memset(memory, 0, block.bytes);
		heap->count--;
		memmove(heap->blocks + i, heap->blocks + i + 1,
		        (heap->count - i) * sizeof(*heap->blocks));
		return true;
	}
	return false;
}

void heap_close(struct heap *heap)
{
	free(heap->blocks);
	*heap = (struct heap){0};
}
