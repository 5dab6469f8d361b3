/* The layout of the memory that an executor and its workers share, and how
 * bytes get into it and out of it; call_queue.h has the whole picture. */
#ifndef COHORT_CALL_MEMORY_H
#define COHORT_CALL_MEMORY_H

#include "call_queue.h"

#include <stdatomic.h>

enum { CALL_INLINE_BYTES = 4000, CACHE_LINE_BYTES = 64 };

/* Bytes in the payload file of a record; `bytes` is 0 if there are none. */
struct region {
	uint64_t offset;
	uint64_t bytes;
};

struct call_record {
	/* 36 bits of the call's number, 24 of the worker, 4 of the state. */
	_Atomic uint64_t word;
	struct region call;   /* set by the submitter; empty: inline */
	struct region result; /* set by the worker; empty: inline */
	double started;       /* when it was taken; seconds of the clock */
	double finished;      /* 0: it is not */
	struct call_head head;
	uint32_t inline_bytes;
	uint32_t outcome;
	char inline_data[CALL_INLINE_BYTES];
};

struct call_memory {
	_Alignas(CACHE_LINE_BYTES) _Atomic uint64_t head;
	_Alignas(CACHE_LINE_BYTES) _Atomic uint64_t tail;
	_Atomic uint32_t signal; /* futex: changes if there is news */
	_Atomic uint32_t ended;
	_Alignas(CACHE_LINE_BYTES) _Atomic uint32_t sleepers;
	_Alignas(CACHE_LINE_BYTES) _Atomic uint64_t allocated;
	_Atomic int64_t call_bytes;   /* of calls in the payload files */
	_Atomic int64_t result_bytes; /* of results in it */
	_Alignas(CACHE_LINE_BYTES) _Atomic uint64_t ring[];
};

struct call_record *call_record_of(const struct call_queue *queue,
                                   call_key key);

/** Write to a new region of the payload file of a call. Returns 0, or as in
 * errno. The region is set before the write, so that others can drop it if the
 * writer is killed. */
int region_write(const struct call_queue *queue, call_key key,
                 struct region *region, _Atomic int64_t *account,
                 const void *data, size_t bytes);

/** Copy the region's bytes to `data`. Returns 0, or as in errno. */
int region_read(const struct call_queue *queue, call_key key,
                const struct region *region, void *data);

/** Give the region's memory back. It is empty then. */
void region_drop(const struct call_queue *queue, call_key key,
                 struct region *region, _Atomic int64_t *account);

#endif
