/*
 * A value in shared memory that is whole at any time: one writer, any number of
 * readers in other threads and processes, also after the writer has died in the
 * middle of a write.
 *
 * There are two copies. `turn` counts the writes, and copy `turn % 2` is the
 * last one that is complete. The writer changes the other copy and then
 * publishes it; it never waits. A reader copies the value and looks at `turn`
 * again: it has to repeat only if a write was published in between.
 *
 * Memory order, as for a seqlock:
 * - The writer stores turn k + 1 with release order, so whoever loads it with
 *   acquire order sees all words of that copy.
 * - The release fence at the beginning of a write stands between the store of
 *   turn k and the stores into the copy of turn k - 1. A reader that has read
 *   one of these new words and then passes its acquire fence sees turn k or a
 *   later one, and repeats. The fence also keeps the compiler from moving the
 *   new words before the store of the turn, which would leave no whole copy if
 *   the writer died between the two.
 * - All words are atomic, so a read that has to be repeated is no data race.
 * - A reader that comes after the writer's death, and has waited for it, reads
 *   the last published copy at once.
 *
 * Cost: a write stores each word once and the turn once, on x86 without a
 * locked instruction or a fence; a read loads each word once and the turn
 * twice.
 */
#ifndef COHORT_COMMON_BASE_DOUBLE_BUFFER_H
#define COHORT_COMMON_BASE_DOUBLE_BUFFER_H

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
	DOUBLE_BUFFER_WORDS = 12,
	DOUBLE_BUFFER_BYTES = 8 * DOUBLE_BUFFER_WORDS
};

/* Empty if all 0. */
struct double_buffer {
	_Atomic uint64_t turn; /* number of writes so far */
	_Atomic uint64_t copies[2][DOUBLE_BUFFER_WORDS];
};

/* Number of writes so far. Two equal numbers, one before and one after other
 * loads, say that the value did not change in between. */
static inline uint64_t double_buffer_turn(const struct double_buffer *buffer)
{
	return atomic_load_explicit(&buffer->turn, memory_order_acquire);
}

/* Replace the value. `bytes` is a multiple of 8, at most DOUBLE_BUFFER_BYTES,
 * and the same in every call. Only one thread of one process may write at a
 * time. */
static inline void double_buffer_write(struct double_buffer *buffer,
                                       const void *value, size_t bytes)
{
	const uint64_t turn =
	    atomic_load_explicit(&buffer->turn, memory_order_relaxed) + 1;
	_Atomic uint64_t *copy = buffer->copies[turn % 2];

	assert(bytes % 8 == 0 && bytes <= DOUBLE_BUFFER_BYTES);
	atomic_thread_fence(memory_order_release);
	for (size_t i = 0; i < bytes / 8; i++) {
		uint64_t word;
		memcpy(&word, (const unsigned char *)value + 8 * i, 8);
		atomic_store_explicit(&copy[i], word, memory_order_relaxed);
	}
	atomic_store_explicit(&buffer->turn, turn, memory_order_release);
}

/* Copy the value. False, with `value` untouched, before the first write. */
static inline bool double_buffer_read(const struct double_buffer *buffer,
                                      void *value, size_t bytes)
{
	uint64_t words[DOUBLE_BUFFER_WORDS];
	uint64_t turn;

	assert(bytes % 8 == 0 && bytes <= sizeof(words));
	do {
		turn = double_buffer_turn(buffer);
		if (turn == 0)
			return false;
		const _Atomic uint64_t *copy = buffer->copies[turn % 2];
		for (size_t i = 0; i < bytes / 8; i++)
			words[i] = atomic_load_explicit(&copy[i],
			                                memory_order_relaxed);
		atomic_thread_fence(memory_order_acquire);
	} while (atomic_load_explicit(&buffer->turn, memory_order_relaxed) !=
	         turn);
	memcpy(value, words, bytes);
	return true;
}

#endif
