/*
 * Regions: memory that grows without moving. A region reserves many addresses
 * at first and makes them usable from its beginning on, as far as they are
 * needed. Other processes can read it. The results of tasks are stored in one.
 */
#ifndef COHORT_COMMON_BASE_REGION_ALLOCATOR_H
#define COHORT_COMMON_BASE_REGION_ALLOCATOR_H

#include "node_memory.h"

#include <stdbool.h>
#include <stddef.h>

/* The interface of allocators of regions. Every slot is required. */
struct region_allocator {
	/* Reserve a new region, aligned for any type and as long as possible;
	 * *bytes receives its length. NULL with errno if there is none. */
	void *(*reserve)(struct region_allocator *regions, size_t *bytes);

	/* Make bytes `from` to `to` of a region usable for this process; those
	 * before `from` are. A process other than the owner calls this too, to
	 * read the region. Bytes that have not been written are 0. False with
	 * errno if the system refuses. */
	bool (*use)(struct region_allocator *regions, void *start, size_t from,
	            size_t to);

	/* In a forked copy of the owner: make bytes `from` to `to`, both
	 * rounded down to whole pages, unwritable for this process. In the
	 * first call `from` is 0: it also makes the allocator's own page
	 * unwritable, and all usable bytes behind `to` writable. False with
	 * errno if the system refuses. */
	bool (*shut)(struct region_allocator *regions, void *start, size_t from,
	             size_t to);

	/* Keep the first `bytes` bytes (0 is allowed) and return the rest to
	 * the system. The owner calls it once. */
	void (*trim)(struct region_allocator *regions, void *start,
	             size_t bytes);

	/* The owner does not need the region any more. It is freed as soon as
	 * no other process reads it. */
	void (*release)(struct region_allocator *regions, void *start);

	/* The owner counts `readers` more processes that read the region. Each
	 * of them calls drop_reader once, when it has read. */
	void (*add_readers)(struct region_allocator *regions, void *start,
	                    unsigned readers);
	void (*drop_reader)(struct region_allocator *regions, void *start);

	/* Keep the allocator and the memory of all regions, also those of other
	 * processes, until `drop` is called as often as `hold`. Any thread may
	 * call `drop`. */
	void (*hold)(struct region_allocator *regions);
	void (*drop)(struct region_allocator *regions);
};

/* Regions that this process shares with the processes it forks, and with no
 * other ranks: they have no readers. */
extern struct region_allocator private_regions;

/* The same, each in a file in memory, which other processes of this machine can
 * read until the region is trimmed. There is no region if less than the whole
 * length can be reserved, or files must be shorter (RLIMIT_FSIZE). */
extern struct region_allocator file_regions;

/* Where its file is. `start` is a region of file_regions. */
struct node_memory_address file_region_address(const void *start);

#endif
