#define _GNU_SOURCE /* syscall */
#include "call_queue.h"

#include "call_memory.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { RECORD_BITS = 16, STATE_BITS = 4, WORKER_BITS = 24 };

/* More results than that wait for the submitter to read some. */
static const int64_t results_most = (int64_t)256 << 20;
/* Memory that records keep when nobody has bytes there. */
static const int64_t room_kept = (int64_t)16 << 20;

static uint64_t number_of(call_key key)
{
	return key >> RECORD_BITS;
}

static uint64_t word_of(call_key key, uint32_t worker, enum call_state state)
{
	return number_of(key) << (WORKER_BITS + STATE_BITS) |
	       (uint64_t)worker << STATE_BITS | (uint64_t)state;
}

static enum call_state state_in(uint64_t word)
{
	return (enum call_state)(word & ((1U << STATE_BITS) - 1));
}

static uint32_t worker_in(uint64_t word)
{
	return (uint32_t)(word >> STATE_BITS) & (CALL_WORKERS_MOST - 1);
}

static void wake(struct call_queue *queue, int count)
{
	syscall(SYS_futex, &queue->memory->signal, FUTEX_WAKE, count, NULL,
	        NULL, 0);
}

static _Atomic uint64_t *entry(const struct call_queue *queue, uint64_t number)
{
	return &queue->memory->ring[number % queue->capacity];
}

/* Let `head` pass the call, if nobody has yet. */
static void pass(struct call_queue *queue, uint64_t number)
{
	atomic_compare_exchange_strong(&queue->memory->head, &number,
	                               number + 1);
}

/* Whether the call at `head` is not to be taken any more. */
static bool is_over(const struct call_queue *queue, uint64_t number)
{
	const call_key key = atomic_load(entry(queue, number));

	return number_of(key) == number &&
	       atomic_load(&call_record_of(queue, key)->word) !=
	           word_of(key, 0, CALL_QUEUED);
}

bool call_queue_reserve(struct call_queue *queue, call_key *out)
{
	struct call_memory *memory = queue->memory;
	const uint64_t tail = atomic_load(&memory->tail);
	uint64_t head = atomic_load(&memory->head);

	/* Calls that were cancelled stay in the ring until somebody passes
	 * them. */
	while (tail - head >= queue->capacity && is_over(queue, head)) {
		pass(queue, head);
		head = atomic_load(&memory->head);
	}
	if (!queue->free_count || tail - head >= queue->capacity)
		return false;
	*out = tail << RECORD_BITS | queue->free_records[--queue->free_count];
	return true;
}

int call_queue_append(struct call_queue *queue, call_key key,
                      const struct call_head *head, const void *data,
                      size_t bytes)
{
	struct call_memory *memory = queue->memory;
	struct call_record *record = call_record_of(queue, key);
	int status = 0;

	record->head = *head;
	record->finished = 0;
	record->inline_bytes = 0;
	if (bytes > CALL_INLINE_BYTES) {
		status = region_write(queue, key, &record->call_bytes,
		                      &memory->call_bytes, data, bytes);
	} else {
		memcpy(record->inline_data, data, bytes);
		record->inline_bytes = (uint32_t)bytes;
	}
	if (status) {
		call_queue_release(queue, key);
		return status;
	}
	atomic_store(&record->word, word_of(key, 0, CALL_QUEUED));
	atomic_store(entry(queue, number_of(key)), key);
	atomic_store(&memory->tail, number_of(key) + 1);
	atomic_fetch_add(&memory->signal, 1);
	if (atomic_load(&memory->sleepers))
		wake(queue, 1);
	return 0;
}

bool call_queue_cancel(struct call_queue *queue, call_key key)
{
	uint64_t word = word_of(key, 0, CALL_QUEUED);

	return atomic_compare_exchange_strong(&call_record_of(queue, key)->word,
	                                      &word,
	                                      word_of(key, 0, CALL_CANCELLED));
}

enum call_state call_queue_state(const struct call_queue *queue, call_key key)
{
	return state_in(atomic_load(&call_record_of(queue, key)->word));
}

uint32_t call_queue_worker(const struct call_queue *queue, call_key key)
{
	return worker_in(atomic_load(&call_record_of(queue, key)->word));
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

double call_queue_seconds(const struct call_queue *queue, call_key key)
{
	const struct call_record *record = call_record_of(queue, key);

	return (record->finished > 0 ? record->finished : now()) -
	       record->started;
}

size_t call_queue_result_bytes(const struct call_queue *queue, call_key key,
                               uint32_t *outcome)
{
	const struct call_record *record = call_record_of(queue, key);

	*outcome = record->outcome;
	return record->result_bytes ? (size_t)record->result_bytes
	                            : record->inline_bytes;
}

int call_queue_read_result(const struct call_queue *queue, call_key key,
                           void *data)
{
	const struct call_record *record = call_record_of(queue, key);

	if (record->result_bytes)
		return region_read(queue, key, record->result_bytes, data);
	memcpy(data, record->inline_data, record->inline_bytes);
	return 0;
}

/* All records are free. */
static void begin_anew(struct call_queue *queue)
{
	for (uint32_t i = 0; i < queue->capacity; i++)
		region_drop(queue, call_record_of(queue, i), i);
	atomic_store(&queue->memory->allocated, 0);
	atomic_store(&queue->memory->room, 0);
}

void call_queue_release(struct call_queue *queue, call_key key)
{
	struct call_memory *memory = queue->memory;
	struct call_record *record = call_record_of(queue, key);

	region_clear(&record->call_bytes, &memory->call_bytes);
	region_clear(&record->result_bytes, &memory->result_bytes);
	if (atomic_load(&memory->room) > room_kept)
		region_drop(queue, record, key);
	atomic_store(&record->word, word_of(key, 0, CALL_FREE));
	queue->free_records[queue->free_count++] = (uint16_t)(key % CALLS_MOST);
	/* Nobody has bytes in the files: they may begin anew, so that many
	 * small payloads never reach a limit of the sizes of files. */
	if (queue->free_count == queue->capacity &&
	    atomic_load(&memory->allocated) > (uint64_t)room_kept)
		begin_anew(queue);
}

int64_t call_queue_payload(const struct call_queue *queue)
{
	return atomic_load(&queue->memory->call_bytes) +
	       atomic_load(&queue->memory->result_bytes);
}

void call_queue_wake(struct call_queue *queue)
{
	atomic_fetch_add(&queue->memory->signal, 1);
	wake(queue, INT_MAX);
}

void call_queue_end(struct call_queue *queue)
{
	atomic_store(&queue->memory->ended, 1);
	call_queue_wake(queue);
}

bool call_queue_ended(const struct call_queue *queue)
{
	return atomic_load(&queue->memory->ended) != 0;
}

/* Take the oldest call that is left. */
static bool take_oldest(struct call_queue *queue, uint32_t worker,
                        call_key *out)
{
	struct call_memory *memory = queue->memory;

	for (;;) {
		const uint64_t head = atomic_load(&memory->head);

		if (head == atomic_load(&memory->tail))
			return false;
		const call_key key = atomic_load(entry(queue, head));
		uint64_t word = word_of(key, 0, CALL_QUEUED);

		if (number_of(key) != head)
			continue; /* others have passed it meanwhile */
		const bool taken = atomic_compare_exchange_strong(
		    &call_record_of(queue, key)->word, &word,
		    word_of(key, worker, CALL_RUNNING));
		pass(queue, head);
		if (!taken)
			continue;
		call_record_of(queue, key)->started = now();
		*out = key;
		return true;
	}
}

enum call_take call_queue_take(struct call_queue *queue, uint32_t worker,
                               call_key *out)
{
	struct call_memory *memory = queue->memory;

	for (;;) {
		const uint32_t seen = atomic_load(&memory->signal);
		long status;

		if (take_oldest(queue, worker, out))
			return CALL_TAKEN;
		if (atomic_load(&memory->ended))
			return CALLS_ENDED;
		atomic_fetch_add(&memory->sleepers, 1);
		status = syscall(SYS_futex, &memory->signal, FUTEX_WAIT, seen,
		                 NULL, NULL, 0);
		const bool signalled = status && errno == EINTR;
		atomic_fetch_sub(&memory->sleepers, 1);
		if (signalled)
			return CALL_SIGNAL;
	}
}

size_t call_queue_call_bytes(const struct call_queue *queue, call_key key)
{
	const struct call_record *record = call_record_of(queue, key);

	return record->call_bytes ? (size_t)record->call_bytes
	                          : record->inline_bytes;
}

struct call_head call_queue_head(const struct call_queue *queue, call_key key)
{
	return call_record_of(queue, key)->head;
}

int call_queue_read_call(struct call_queue *queue, call_key key, void *data)
{
	struct call_record *record = call_record_of(queue, key);
	int status;

	if (!record->call_bytes) {
		memcpy(data, record->inline_data, record->inline_bytes);
		return 0;
	}
	status = region_read(queue, key, record->call_bytes, data);
	if (!status)
		region_clear(&record->call_bytes, &queue->memory->call_bytes);
	return status;
}

static void wait_for_room(struct call_queue *queue)
{
	const struct timespec millisecond = {.tv_nsec = 1000000};

	while (atomic_load(&queue->memory->result_bytes) > results_most)
		nanosleep(&millisecond, NULL);
}

int call_queue_finish(struct call_queue *queue, call_key key, uint32_t outcome,
                      const void *data, size_t bytes)
{
	struct call_memory *memory = queue->memory;
	struct call_record *record = call_record_of(queue, key);
	const uint32_t worker = worker_in(atomic_load(&record->word));

	record->finished = now();
	if (bytes > CALL_INLINE_BYTES) {
		wait_for_room(queue);
		const int status =
		    region_write(queue, key, &record->result_bytes,
		                 &memory->result_bytes, data, bytes);
		if (status)
			return status;
	} else {
		memcpy(record->inline_data, data, bytes);
		record->inline_bytes = (uint32_t)bytes;
	}
	record->outcome = outcome;
	atomic_store(&record->word, word_of(key, worker, CALL_DONE));
	return 0;
}
