#define _POSIX_C_SOURCE 200809L
#include "heap.h"

#include "arena.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t whole_pages(size_t bytes)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

/* Where block i begins. There is no block `count`; the heap ends there. */
static size_t block_begin(const struct heap *heap, size_t i)
{
	return i < heap->count ? heap->blocks[i].offset : heap->bytes;
}

/* Where the block before block i ends. */
static size_t end_before(const struct heap *heap, size_t i)
{
	return i == 0 ? 0
	              : heap->blocks[i - 1].offset + heap->blocks[i - 1].bytes;
}

/* Make room for one more block in the list. */
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
	if (!reserve_block(heap)) {
		*largest = heap_largest(heap);
		return NULL;
	}
	for (size_t i = 0; i <= heap->count; i++) {
		const size_t at = end_before(heap, i);
		const size_t gap = block_begin(heap, i) - at;
		*largest = gap > *largest ? gap : *largest;
		if (bytes > gap || whole_pages(bytes) > gap)
			continue;
		memmove(heap->blocks + i + 1, heap->blocks + i,
		        (heap->count - i) * sizeof(*heap->blocks));
		heap->blocks[i] =
		    (struct heap_block){.offset = at,
		                        .bytes = whole_pages(bytes),
		                        .written = whole_pages(bytes)};
		heap->count++;
		return heap->start + at;
	}
	return NULL;
}

size_t heap_largest(const struct heap *heap)
{
	size_t largest = 0;

	for (size_t i = 0; i <= heap->count; i++) {
		const size_t gap = block_begin(heap, i) - end_before(heap, i);
		largest = gap > largest ? gap : largest;
	}
	return largest;
}

struct heap_block *heap_find(struct heap *heap, const void *memory)
{
	for (size_t i = 0; i < heap->count; i++)
		if (heap->start + heap->blocks[i].offset == memory)
			return &heap->blocks[i];
	return NULL;
}

void heap_trim(struct heap *heap, void *memory, size_t bytes)
{
	struct heap_block *block = heap_find(heap, memory);
	const size_t kept = whole_pages(bytes);

	arena_clear(heap->arena, (unsigned char *)memory + kept,
	            block->bytes - kept,
	            block->written > kept ? block->written - kept : 0);
	block->bytes = kept;
}

bool heap_free(struct heap *heap, void *memory)
{
	struct heap_block *block = heap_find(heap, memory);

	if (!block)
		return false;
	arena_clear(heap->arena, memory, block->bytes, block->written);
	heap->count--;
	memmove(block, block + 1,
	        (size_t)(heap->blocks + heap->count - block) * sizeof(*block));
	return true;
}

void heap_close(struct heap *heap)
{
	free(heap->blocks);
	*heap = (struct heap){0};
}
