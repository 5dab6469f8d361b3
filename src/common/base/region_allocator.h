/*
 * Regions: memory that grows without moving. Addresses are reserved at once,
 * and backed by pages from the first byte on as they are used; other processes
 * can see what is written there. Results of tasks are kept in one.
 */
#ifndef COHORT_COMMON_BASE_REGION_ALLOCATOR_H
#define COHORT_COMMON_BASE_REGION_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>

/* Where regions come from. Every slot is required. */
struct region_allocator {
	/* A new one, aligned for any type, *bytes long: as much as can be had.
	 * NULL if there is none; errno says why. */
	void *(*reserve)(struct region_allocator *regions, size_t *bytes);

	/* Make its first `bytes` bytes usable for this process; also a region
	 * that another one reserved. What nobody has written is 0. False with
	 * errno if the system refuses. */
	bool (*use)(struct region_allocator *regions, void *start,
	            size_t bytes);

	/* Keep the first `bytes` bytes, which may be none, and give the rest
	 * back. The owner does it once. */
	void (*trim)(struct region_allocator *regions, void *start,
	             size_t bytes);

	/* The owner is through with it: it goes when nobody has it on loan. */
	void (*release)(struct region_allocator *regions, void *start);

	/* The owner lends it to so many others; each gives it back once. */
	void (*lend)(struct region_allocator *regions, void *start,
	             unsigned others);
	void (*give_back)(struct region_allocator *regions, void *start);
};

/* Shared with what this process forks, and with nobody else. */
extern struct region_allocator private_regions;

#endif
