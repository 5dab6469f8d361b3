/*
 * The calls of an executor, in memory that its own process (the submitter) and
 * its workers share. The submitter appends calls, and each worker takes the
 * oldest one that is left. Workers hold no lock, so that one may be killed at
 * any instruction: a call is taken by one compare-and-swap of its state, and
 * whoever comes next mends what the dead worker left behind.
 *
 *	ring     which record the call number n has, at n modulo the capacity,
 *	         between `head`, the oldest call that may be left, and `tail`
 *	records  a call's state and its bytes, then the bytes of its result.
 *	         The submitter gives records away and gets them back, so a call
 *	         that takes long holds up none that come after it
 *	payload  files in memory, for bytes that do not fit into a record.
 *	         Who needs room adds to `allocated`. Records keep some memory
 *	         for their next calls. A file has a lock in the kernel, whose
 *	         holder may be preempted; so each record uses one of several
 */
#ifndef COHORT_CALL_QUEUE_H
#define COHORT_CALL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A call: its number above the 16 bits of its record. */
typedef uint64_t call_key;

enum call_state {
	CALL_FREE,
	CALL_QUEUED,
	CALL_RUNNING,
	CALL_DONE,
	CALL_CANCELLED
};

enum { CALLS_MOST = 1 << 16, CALL_WORKERS_MOST = 1 << 24, CALL_FILES = 4 };

/* What a worker has to know of a call, beside its bytes. */
struct call_head {
	uint64_t number;  /* of the submission */
	uint32_t attempt; /* earlier ones */
};

struct call_memory;

struct call_queue {
	struct call_memory *memory;
	size_t memory_bytes;
	uint32_t capacity;
	int payload[CALL_FILES]; /* descriptors; -1: not open */
	/* The submitter's: records that no call has. */
	uint32_t free_count;
	uint16_t *free_records;
};

/** Create a queue of at most `capacity` calls. Returns 0, or a number as in
 * errno; then `queue` may be passed to call_queue_destroy. */
int call_queue_create(struct call_queue *queue, uint32_t capacity);

/** Make zeroed memory a queue that may be passed to call_queue_destroy. */
void call_queue_clear(struct call_queue *queue);

/** Release this process's part of a queue. */
void call_queue_destroy(struct call_queue *queue);

/* ---- the submitter: one thread at a time ---- */

/** Whether there is a record for another call; *out receives its key. */
bool call_queue_reserve(struct call_queue *queue, call_key *out);

/** Queue the call of a reserved key. Returns 0, or a number as in errno; then
 * the record is free again. */
int call_queue_append(struct call_queue *queue, call_key key,
                      const struct call_head *head, const void *data,
                      size_t bytes);

/** Whether the call could be cancelled: no worker has taken it, nor will. */
bool call_queue_cancel(struct call_queue *queue, call_key key);

enum call_state call_queue_state(const struct call_queue *queue, call_key key);

/** The worker that has taken a call; 0: none. */
uint32_t call_queue_worker(const struct call_queue *queue, call_key key);

/** Seconds since a worker has taken the call; if it is finished, until then. */
double call_queue_seconds(const struct call_queue *queue, call_key key);

/** The bytes of a finished call's result, and what call_queue_finish got as its
 * outcome. */
size_t call_queue_result_bytes(const struct call_queue *queue, call_key key,
                               uint32_t *outcome);

/** Copy the result to `data`. Returns 0, or a number as in errno. */
int call_queue_read_result(const struct call_queue *queue, call_key key,
                           void *data);

/** Free the record of a call that no worker has or will take. */
void call_queue_release(struct call_queue *queue, call_key key);

/** Bytes in the payload files. */
int64_t call_queue_payload(const struct call_queue *queue);

/** Workers find no more calls when they have taken what is there. */
void call_queue_end(struct call_queue *queue);

/** Wake all workers: one that died may have been woken for a call. */
void call_queue_wake(struct call_queue *queue);

bool call_queue_ended(const struct call_queue *queue);

/* ---- a worker, whose number is 1 or more ---- */

enum call_take { CALL_TAKEN, CALLS_ENDED, CALL_SIGNAL };

/** Take the oldest call, waiting for one. CALL_SIGNAL: a signal came. */
enum call_take call_queue_take(struct call_queue *queue, uint32_t worker,
                               call_key *out);

/** The bytes of a call that this worker has taken. */
size_t call_queue_call_bytes(const struct call_queue *queue, call_key key);

struct call_head call_queue_head(const struct call_queue *queue, call_key key);

/** Copy them to `data` and release them. Returns 0, or as in errno. */
int call_queue_read_call(struct call_queue *queue, call_key key, void *data);

/** Finish a call that this worker has taken, with its result, and an outcome of
 * which the queue knows nothing. Waits while there
 * are too many results that the submitter has not read. Returns 0, or a number
 * as in errno; then the call is still to be finished. */
int call_queue_finish(struct call_queue *queue, call_key key, uint32_t outcome,
                      const void *data, size_t bytes);

#endif
