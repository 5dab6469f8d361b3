/* The layout of the memory that an executor and its workers share, and how
 * bytes get into it and out of it; call_queue.h has the whole picture. */
#ifndef COHORT_CALL_MEMORY_H
#define COHORT_CALL_MEMORY_H

#include "call_queue.h"

#include <stdatomic.h>

enum { CALL_INLINE_BYTES = 3984, CACHE_LINE_BYTES = 64 };

/* The part of its payload file that a record has; `room` is 0 if there is none.
 * The call's bytes lie there, and when the worker has read them, those of the
 * result. The record keeps it for its next call, as long as all records
 * together keep little: new memory costs several times what a copy does. */
struct region {
	uint64_t offset;
	uint64_t room;
};

struct call_record {
	/* 36 bits of the call's number, 24 of the worker, 4 of the state. */
	_Atomic uint64_t word;
	struct region region;
	/* In the region; 0: none there, or inline. The first is set by the
	 * submitter, the second by the worker. */
	uint64_t call_bytes;
	uint64_t result_bytes;
	double started;  /* when it was taken; seconds of the clock */
	double finished; /* 0: it is not */
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
	_Atomic int64_t room;         /* of all records */
	_Alignas(CACHE_LINE_BYTES) _Atomic uint64_t ring[];
};

struct call_record *call_record_of(const struct call_queue *queue,
                                   call_key key);

/** Write to the region of a call, which gets more room if it has too little.
 * Returns 0, or as in errno. *count receives `bytes`, and `account` grows by as
 * many, before the write, so that others can take them back if the writer is
 * killed. */
int region_write(const struct call_queue *queue, call_key key, uint64_t *count,
                 _Atomic int64_t *account, const void *data, size_t bytes);

/** Copy the first bytes of the region to `data`. Returns 0, or as in errno. */
int region_read(const struct call_queue *queue, call_key key, uint64_t bytes,
                void *data);

/** The bytes in the region are not needed any more. */
void region_clear(uint64_t *count, _Atomic int64_t *account);

/** Give the region's memory back. */
void region_drop(const struct call_queue *queue, struct call_record *record,
                 call_key key);

#endif
