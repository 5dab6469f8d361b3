#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE */
#include "region_allocator.h"

#include "memory.h"

#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>

/* In a page of its own before each region. */
struct private_region {
	size_t bytes; /* of the mapping, head included */
};

enum { RESERVE_LEAST = 1024 * 1024 };

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static struct private_region *own_head(void *start)
{
	return (void *)((unsigned char *)start - page_bytes());
}

/* Not readable yet, so that a leak checker or a debugger that reads all readable
 * memory does not fill the region with pages. */
static void *map_unreadable(size_t bytes)
{
	return mmap(NULL, bytes, PROT_NONE,
	            MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

/* The head and `bytes` bytes behind it, rounded up to whole pages. */
static size_t whole_bytes(size_t bytes)
{
	const size_t page = page_bytes();

	return page + (bytes + page - 1) / page * page;
}

static bool open_pages(struct private_region *head, size_t bytes)
{
	return !mprotect(head, whole_bytes(bytes), PROT_READ | PROT_WRITE);
}

/* Reserve half of what the limits allow, or less if the system refuses. Other
 * ranks on this machine reserve as much. */
static void *own_reserve(struct region_allocator *regions, size_t *bytes)
{
	const size_t page = page_bytes();
	size_t whole = memory_limit() / 2 / page * page;
	void *memory = map_unreadable(whole);

	(void)regions;
	while (memory == MAP_FAILED && whole / 2 >= RESERVE_LEAST) {
		whole = whole / 2 / page * page;
		memory = map_unreadable(whole);
	}
	if (memory == MAP_FAILED)
		return NULL;
	if (!open_pages(memory, 0)) {
		munmap(memory, whole);
		return NULL;
	}
	((struct private_region *)memory)->bytes = whole;
	*bytes = whole - page;
	return (unsigned char *)memory + page;
}

static bool own_use(struct region_allocator *regions, void *start, size_t bytes)
{
	(void)regions;
	return open_pages(own_head(start), bytes);
}

static void own_trim(struct region_allocator *regions, void *start,
                     size_t bytes)
{
	struct private_region *head = own_head(start);
	const size_t kept = whole_bytes(bytes);

	(void)regions;
	if (kept < head->bytes &&
	    !munmap((unsigned char *)head + kept, head->bytes - kept))
		head->bytes = kept;
}

static void own_release(struct region_allocator *regions, void *start)
{
	(void)regions;
	munmap(own_head(start), own_head(start)->bytes);
}

/* Other ranks do not have this memory. */
static void own_lend(struct region_allocator *regions, void *start,
                     unsigned others)
{
	(void)regions;
	(void)start;
	(void)others;
	assert(false && "a region of this process only cannot be lent");
}

static void own_give_back(struct region_allocator *regions, void *start)
{
	own_lend(regions, start, 1);
}

struct region_allocator private_regions = {
    .reserve = own_reserve,
    .use = own_use,
    .trim = own_trim,
    .release = own_release,
    .lend = own_lend,
    .give_back = own_give_back,
};
