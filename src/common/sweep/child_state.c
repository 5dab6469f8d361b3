#define _POSIX_C_SOURCE 200809L
#include "child_state.h"

#include "common/base/clock.h"
#include "common/base/memory.h"
#include "common/core/task_process.h"
#include "common/journal/hash.h"

#include <unistd.h>

#define ODD 0x9e3779b97f4a7c15

enum { CURSOR_WORDS = sizeof(struct cursor) / 8 };

_Static_assert(sizeof(struct sealed_cursor) == 8 * (CURSOR_WORDS + 1),
               "whole words, and then the seal");

uint64_t child_state_new_key(void)
{
	static uint64_t count;
	const uint64_t number =
	    (uint64_t)clock_ns() ^ (uint64_t)getpid() << 40 ^ ++count << 20;

	return (number * ODD ^ number >> 29) | 1;
}

/* The compiler must not load two words at once: they have just been written one
 * by one, and the processor would wait until both are in its cache. */
static uint64_t word_of(const struct cursor *cursor, size_t i)
{
	uint64_t word;

	memcpy(&word, (const unsigned char *)cursor + 8 * i, sizeof(word));
	__asm__ volatile("" : "+r"(word));
	return word;
}

/* A sum of products with odd numbers: one changed word changes the sum for
 * sure, and the processor multiplies all words at the same time. */
static uint64_t seal_of_word(uint64_t word, size_t i, uint64_t key)
{
	return (word ^ key) * (ODD + 2 * i * key);
}

static uint64_t seal_of_cursor(const struct cursor *cursor, uint64_t key)
{
	uint64_t seal = key;

	for (size_t i = 0; i < CURSOR_WORDS; i++)
		seal += seal_of_word(word_of(cursor, i), i, key);
	return seal;
}

static uint64_t seal_of_outcome(const struct child_outcome *outcome,
                                uint64_t key)
{
	return (hash_64_of_two(&outcome->status, sizeof(outcome->status),
	                       outcome->sentence, ERROR_BYTES) ^
	        key) |
	       1;
}

struct child_state *child_state_create(void)
{
	return memory_share(sizeof(struct child_state));
}

void child_state_free(struct child_state *state)
{
	memory_unshare(state, sizeof(*state));
}

void child_state_clear(struct child_state *state)
{
	atomic_store(&state->number, 0);
	atomic_store(&state->begun, 0);
	atomic_store(&state->halt, 0);
	atomic_store(&state->aborted, 0);
	atomic_store(&state->left, 0);
	atomic_store(&state->outcome.seal, 0);
}

void child_state_task_begins(struct child_state *state, uint64_t number,
                             int64_t now)
{
	atomic_store_explicit(&state->number, number, memory_order_relaxed);
	atomic_store_explicit(&state->begun, now, memory_order_release);
}

void child_state_task_ends(struct child_state *state, uint64_t key,
                           const struct cursor *cursor)
{
	child_state_keep_cursor(state, key, cursor);
	/* Release: whoever sees that no task runs sees the new cursor. */
	atomic_store_explicit(&state->begun, 0, memory_order_release);
}

void child_state_keep_cursor(struct child_state *state, uint64_t key,
                             const struct cursor *cursor)
{
	uint64_t words[CURSOR_WORDS + 1];
	uint64_t seal = key;

	for (size_t i = 0; i < CURSOR_WORDS; i++) {
		words[i] = word_of(cursor, i);
		seal += seal_of_word(words[i], i, key);
	}
	words[CURSOR_WORDS] = seal;
	double_buffer_write(&state->cursor, words, sizeof(words));
}

bool child_state_read_cursor(const struct child_state *state, uint64_t key,
                             struct cursor *out)
{
	struct sealed_cursor sealed;

	if (!double_buffer_read(&state->cursor, &sealed, sizeof(sealed)) ||
	    sealed.seal != seal_of_cursor(&sealed.cursor, key))
		return false;
	*out = sealed.cursor;
	return true;
}

void child_state_complete(struct child_state *state, uint64_t key,
                          cohort_status status)
{
	struct child_outcome *outcome = &state->outcome;

	outcome->status = status;
	memset(outcome->sentence, 0, ERROR_BYTES);
	if (status != COHORT_OK)
		memcpy(outcome->sentence, cohort_error(), ERROR_BYTES);
	atomic_store(&outcome->seal, seal_of_outcome(outcome, key));
}

bool child_state_completed(const struct child_state *state, uint64_t key,
                           cohort_status *status)
{
	const struct child_outcome *outcome = &state->outcome;

	if (atomic_load(&outcome->seal) != seal_of_outcome(outcome, key))
		return false;
	*status = outcome->status;
	if (*status != COHORT_OK)
		error_set(*status, "%s", outcome->sentence);
	return true;
}

bool child_state_aborted(const struct child_state *state, uint64_t key,
                         int *exit_code)
{
	const uint64_t aborted = atomic_load(&state->aborted);

	*exit_code = (int)(aborted & TASK_EXIT_CODE);
	return aborted >= TASK_EXIT_CODE &&
	       (aborted & ~(uint64_t)TASK_EXIT_CODE) ==
	           (key & ~(uint64_t)TASK_EXIT_CODE);
}

bool child_state_halted(const struct child_state *state)
{
	return atomic_load_explicit(&state->halt, memory_order_relaxed);
}
