/*
 * This rank's results of a sweep: a growing block of records. A task writes its
 * result into the block, so a result is never copied on the rank that made it.
 */
#ifndef COHORT_COMMON_SWEEP_RESULT_STORE_H
#define COHORT_COMMON_SWEEP_RESULT_STORE_H

#include "record.h"

struct region_allocator;

struct result_store {
	/* `records` is a region of this allocator; NULL: it is from malloc. */
	struct region_allocator *regions;
	unsigned char *records;
	size_t used;     /* bytes of all finished records */
	size_t room;     /* bytes that may be used without growing */
	size_t reserved; /* bytes of the region; it cannot grow beyond them */
	size_t count;    /* finished records */
	size_t open;     /* result bytes of the record that a task writes now */
};

/* The length of a store at some time. */
struct store_mark {
	size_t used;
	size_t count;
};

/* An empty store, in a region of `regions`. If `regions` is NULL or has no region
 * left, the store is in this process's own memory. */
void result_store_init(struct result_store *store,
                       struct region_allocator *regions);

/* No record will be added any more: gives unused memory back. */
void result_store_seal(struct result_store *store);

/* Zeroed memory for the result of the next record; replaces memory that was
 * handed out for that record before. Valid until the next result_store_result
 * or result_store_add. NULL if there is no memory. */
void *result_store_result(struct result_store *store, size_t bytes);

/* Finish the next record: `record` has all but the numbers of bytes. `error` is
 * NULL for a task that succeeded. The result of a failed task is dropped. */
COHORT_CHECKED cohort_status result_store_add(struct result_store *store,
                                              const struct record *record,
                                              const char *error);

static inline struct store_mark
result_store_mark(const struct result_store *store)
{
	return (struct store_mark){store->used, store->count};
}

/* Make what a forked copy has added readable in this process. False with errno
 * if the system refuses. */
bool result_store_reach(const struct result_store *store);

/* Set the length to `mark`: a forked copy has added the records up to there, and
 * what it wrote behind them is dropped. */
void result_store_resume(struct result_store *store, struct store_mark mark);

void result_store_free(struct result_store *store);

#endif
