/*
 * This rank's results of a sweep: a growing block of records. A task writes its
 * result into the block, so a result is never copied on the rank that made it.
 */
#ifndef COHORT_COMMON_SWEEP_RESULT_STORE_H
#define COHORT_COMMON_SWEEP_RESULT_STORE_H

#include "record.h"

struct region_allocator;

struct result_store {
	/* `region` is a region of this allocator; NULL: `records` is from
	 * malloc. */
	struct region_allocator *regions;
	unsigned char *region;
	unsigned char *records; /* in the region, where it begins */
	size_t used;            /* bytes of all finished records */
	size_t room;            /* bytes that may be used without growing */
	size_t reserved;        /* bytes that it can grow to, in a region */
	size_t count;           /* finished records */
	size_t open; /* result bytes of the record that a task writes now */
	/* errno of the system's refusal of a region, or to open more of it,
	 * after a function that found no memory; 0: there is no more. */
	int refused;
	uint64_t key; /* of the records' seals; 0: they get none */
	/* In a forked copy that runs tasks: */
	bool guarded; /* finished records are made unwritable */
	size_t shut;  /* bytes that this process cannot write any more */
	/* If the records are released as they are read, the region has two
	 * halves of so many bytes, which are used in turns; 0: it has not. */
	size_t half;
	uint64_t turns; /* halves that were used before this one */
};

/* The length of a store at some time. */
struct store_mark {
	size_t used;
	size_t count;
};

/* An empty store, in a region of `regions`. If `regions` is NULL or has no
 * region left, the store is in this process's own memory. */
void result_store_init(struct result_store *store,
                       struct region_allocator *regions);

/* No record will be added any more: gives unused memory back. */
void result_store_seal(struct result_store *store);

/* Use the store, which is empty, in halves from now on. Both are kept if there
 * is no region, but at the same place. */
void result_store_halve(struct result_store *store);

/* Go on in the other half, whose records nobody reads any more. */
void result_store_turn(struct result_store *store);

/* The place of a record in the series of all halves, `offset` bytes behind the
 * beginning of this one. Without halves it is the offset. */
static inline uint64_t result_store_place(const struct result_store *store,
                                          size_t offset)
{
	return store->turns * store->half + offset;
}

/* Zeroed memory for the result of the next record; replaces memory that was
 * handed out for that record before. Valid until the next result_store_result
 * or result_store_add. NULL if there is no memory. */
void *result_store_result(struct result_store *store, size_t bytes);

/* Drop memory that was handed out for the result of the next record. */
static inline void result_store_drop(struct result_store *store)
{
	store->open = 0;
	store->refused = 0;
}

/* The status, with its sentence, of a rank that cannot go on because the store
 * has no memory for the result of a task: after one of the functions around. */
COHORT_CHECKED cohort_status result_store_lack(const struct result_store *store,
                                               uint64_t index, size_t bytes);

/* Finish the next record, with the result that was handed out for it: `record`
 * has all but the numbers of bytes, which it receives. `error` is NULL for a
 * task that succeeded. */
COHORT_CHECKED cohort_status result_store_add(struct result_store *store,
                                              struct record *record,
                                              const char *error);

static inline struct store_mark
result_store_mark(const struct result_store *store)
{
	return (struct store_mark){store->used, store->count};
}

/*
 * In a forked copy that runs tasks. Finished records get a seal with `key`, and
 * are made unwritable for this process, SHUT_BYTES at a time. What the store
 * has already is made unwritable at once, but for the part of a page at its
 * end. False with errno if the system refuses.
 */
bool result_store_guard(struct result_store *store, uint64_t key);

/* In the rank, when a forked copy that has written up to `used` bytes has
 * ended: make these bytes readable. False with errno if the system refuses. */
bool result_store_reach(struct result_store *store, size_t used);

/*
 * In the rank, after result_store_reach with the same `used`: add the records
 * that a copy has written behind the store's end, `most` at the most, up to the
 * first whose seal is wrong, or which is of none of the sweep's `tasks`: a task
 * may have changed the copy's list of tasks. The rest that the copy wrote is
 * dropped. Returns the number of records added.
 */
size_t result_store_accept(struct result_store *store, uint64_t key,
                           size_t used, size_t most, size_t tasks);

/* Bytes between the last page boundary in the store and its end: a copy can
 * write there, whatever it has shut. */
size_t result_store_loose(const struct result_store *store);

/* Drop the records behind `mark`. */
void result_store_resume(struct result_store *store, struct store_mark mark);

void result_store_free(struct result_store *store);

#endif
