/*
 * Finished tasks, one record after another, in the form in which they travel:
 * a header, the result's bytes, the failure's sentence, each padded so that
 * the next is aligned for any type. A task writes its result where it stays.
 */
#ifndef COHORT_COMMON_SWEEP_RESULT_STORE_H
#define COHORT_COMMON_SWEEP_RESULT_STORE_H

#include "cohort.h"

struct record {
	uint64_t index;
	uint64_t bytes;       /* of the result */
	uint64_t error_bytes; /* of the sentence, with its 0; 0: none */
	double seconds;
	int32_t rank;
	int32_t status;
	int32_t attempts;
	int32_t loaded; /* 1: an earlier run made it, a journal kept it */
};

struct region_allocator;

struct result_store {
	struct region_allocator
	    *regions; /* bytes is a region of these; or NULL: malloc */
	unsigned char *bytes;
	size_t used;     /* by whole records */
	size_t room;     /* usable */
	size_t reserved; /* of a region */
	size_t records;
	size_t open; /* the result's bytes of the record that is open */
};

/* How far a store was at some time. */
struct result_mark {
	size_t used;
	size_t records;
};

/* An empty one. In a region of `regions` if that is not NULL and there is one
 * to be had; else in memory of this process only. */
void store_init(struct result_store *store, struct region_allocator *regions);

/* There will be no more records: gives what is not used back. */
void store_seal(struct result_store *store);

/* Zeroed memory for the result of the record to come, in place of what was
 * handed out for it before; NULL if there is no memory. Stands until the next
 * store_result or store_add. */
void *store_result(struct result_store *store, size_t bytes);

/* Close the record: `record` has all but the numbers of bytes. `error` is
 * NULL for a task that went well; a failed one's result is dropped. */
COHORT_CHECKED cohort_status store_add(struct result_store *store,
                                       const struct record *record,
                                       const char *error);

/* The record at `*offset`, its result and its sentence; *offset moves on. */
const struct record *store_read(const unsigned char *bytes, size_t *offset,
                                const void **data, const char **error);

static inline struct result_mark store_mark(const struct result_store *store)
{
	return (struct result_mark){store->used, store->records};
}

/* Make what a forked copy has added readable here. False with errno if the
 * system refuses. */
bool store_reach(const struct result_store *store);

/* What a forked copy has added up to `mark` is there, what it added after that
 * is not. */
void store_return(struct result_store *store, struct result_mark mark);

void store_free(struct result_store *store);

#endif
