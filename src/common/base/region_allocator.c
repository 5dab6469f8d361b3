#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE */
#include "region_allocator.h"

#include "descriptor.h"
#include "memory.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* In the process's own memory, where forked copies that share the region cannot
 * change it. */
struct private_region {
	unsigned char *start;
	size_t bytes; /* of the mapping */
	bool trimmed; /* it does not grow any more */
	int fd;       /* of its file; -1: it has none */
	struct private_region *next;
};

/* Groups may be used in several threads. */
static struct {
	pthread_mutex_t mutex;
	struct private_region *first;
} own = {PTHREAD_MUTEX_INITIALIZER, NULL};

enum { RESERVE_LEAST = 1024 * 1024 };

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* The link to a region, which exists. */
static struct private_region **find_region(const void *start)
{
	struct private_region **link = &own.first;

	while ((*link)->start != start)
		link = &(*link)->next;
	return link;
}

/* Not readable yet, so that a leak checker or a debugger that reads all
 * readable memory does not fill the region with pages. `fd` is -1 for no
 * file. */
static void *map_unreadable(size_t bytes, int fd)
{
	return mmap(NULL, bytes, PROT_NONE,
	            MAP_SHARED | MAP_NORESERVE | (fd < 0 ? MAP_ANONYMOUS : 0),
	            fd, 0);
}

/* `bytes`, rounded up to whole pages. */
static size_t whole_bytes(size_t bytes)
{
	const size_t page = page_bytes();

	return (bytes + page - 1) / page * page;
}

/* Half of what the limits allow. Other ranks on this machine reserve as
 * much. Where they allow nothing, the system refuses a page for that reason,
 * and not because it is asked for none. */
static size_t reserved_bytes(void)
{
	const size_t page = page_bytes();
	const size_t bytes = memory_limit() / 2 / page * page;

	return bytes > 0 ? bytes : page;
}

/* Returns memory->start; NULL with errno if there is no memory for the entry.
 */
static void *add_region(struct private_region memory)
{
	struct private_region *region = malloc(sizeof(*region));

	if (!region) {
		munmap(memory.start, memory.bytes);
		return NULL;
	}
	pthread_mutex_lock(&own.mutex);
	*region = memory;
	region->next = own.first;
	own.first = region;
	pthread_mutex_unlock(&own.mutex);
	return memory.start;
}

/* Less than the whole if the system refuses that. */
static void *own_reserve(struct region_allocator *regions, size_t *bytes)
{
	const size_t page = page_bytes();
	size_t whole = reserved_bytes();
	void *memory = map_unreadable(whole, -1);

	(void)regions;
	while (memory == MAP_FAILED && whole / 2 >= RESERVE_LEAST) {
		whole = whole / 2 / page * page;
		memory = map_unreadable(whole, -1);
	}
	if (memory == MAP_FAILED)
		return NULL;
	*bytes = whole;
	return add_region(
	    (struct private_region){.start = memory, .bytes = whole, .fd = -1});
}

static void *file_reserve(struct region_allocator *regions, size_t *bytes)
{
	const size_t whole = reserved_bytes();
	int fd = node_memory_file(whole);
	void *memory = fd < 0 ? MAP_FAILED : map_unreadable(whole, fd);
	void *start = NULL;

	(void)regions;
	if (memory != MAP_FAILED)
		start = add_region((struct private_region){
		    .start = memory, .bytes = whole, .fd = fd});
	if (!start)
		descriptor_close(&fd);
	*bytes = whole;
	return start;
}

struct node_memory_address file_region_address(const void *start)
{
	pthread_mutex_lock(&own.mutex);
	const struct private_region *region = *find_region(start);
	const struct node_memory file = {.bytes = region->bytes,
	                                 .fd = region->fd};
	pthread_mutex_unlock(&own.mutex);
	return node_memory_address(&file);
}

/* Pages that contain some of the first `from` bytes are usable already, and may
 * be unwritable on purpose. */
static bool own_use(struct region_allocator *regions, void *start, size_t from,
                    size_t to)
{
	const size_t begin = whole_bytes(from);
	const size_t end = whole_bytes(to);

	(void)regions;
	return begin >= end || !mprotect((unsigned char *)start + begin,
	                                 end - begin, PROT_READ | PROT_WRITE);
}

/* Make the regions of earlier sweeps unwritable. If another thread held the
 * mutex when this process was forked, it is never unlocked here: they stay
 * writable. */
static void shut_trimmed(void)
{
	if (pthread_mutex_trylock(&own.mutex))
		return;
	for (const struct private_region *region = own.first; region;
	     region = region->next)
		if (region->trimmed)
			mprotect(region->start, region->bytes, PROT_READ);
	pthread_mutex_unlock(&own.mutex);
}

static bool own_shut(struct region_allocator *regions, void *start, size_t from,
                     size_t to)
{
	const size_t page = page_bytes();
	const size_t begin = from / page * page;
	const size_t end = to / page * page;

	(void)regions;
	if (from == 0)
		shut_trimmed();
	return begin >= end || !mprotect((unsigned char *)start + begin,
	                                 end - begin, PROT_READ);
}

static void own_trim(struct region_allocator *regions, void *start,
                     size_t bytes)
{
	/* Never all of it: another region would get the same address. */
	const size_t kept = whole_bytes(bytes > 0 ? bytes : 1);

	(void)regions;
	pthread_mutex_lock(&own.mutex);
	struct private_region *region = *find_region(start);
	if (kept < region->bytes &&
	    !munmap(region->start + kept, region->bytes - kept))
		region->bytes = kept;
	if (region->fd >= 0 && ftruncate(region->fd, (off_t)region->bytes) == 0)
		descriptor_close(&region->fd);
	region->trimmed = true;
	pthread_mutex_unlock(&own.mutex);
}

static void own_release(struct region_allocator *regions, void *start)
{
	(void)regions;
	pthread_mutex_lock(&own.mutex);
	struct private_region **link = find_region(start);
	struct private_region *region = *link;
	*link = region->next;
	pthread_mutex_unlock(&own.mutex);
	munmap(region->start, region->bytes);
	descriptor_close(&region->fd);
	free(region);
}

/* Other ranks do not have this memory. */
static void own_add_readers(struct region_allocator *regions, void *start,
                            unsigned readers)
{
	(void)regions;
	(void)start;
	(void)readers;
	assert(false && "no other rank can read a region of this process");
}

static void own_drop_reader(struct region_allocator *regions, void *start)
{
	own_add_readers(regions, start, 1);
}

/* This allocator is always there. */
static void own_hold(struct region_allocator *regions)
{
	(void)regions;
}

#define OWN_SLOTS                                               \
	.use = own_use, .shut = own_shut, .trim = own_trim,     \
	.release = own_release, .add_readers = own_add_readers, \
	.drop_reader = own_drop_reader, .hold = own_hold, .drop = own_hold

struct region_allocator private_regions = {.reserve = own_reserve, OWN_SLOTS};
struct region_allocator file_regions = {.reserve = file_reserve, OWN_SLOTS};
