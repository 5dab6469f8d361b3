/*
 * Why the ranks of a machine begin no more tasks, in one word in rank_states.h:
 * the number of a signal, which stops all sweeps; or a sweep and the rank that
 * has called cohort_stop or cohort_interrupt, which stops that sweep only. 0:
 * nothing stops them.
 */
#ifndef COHORT_COMMON_BASE_STOP_WORD_H
#define COHORT_COMMON_BASE_STOP_WORD_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	STOP_RANK_BITS = 24,
	/* Instead of a rank: on_result has stopped the sweep. */
	STOP_BY_RESULT = (1 << STOP_RANK_BITS) - 1,
	/* Added to a rank below it, which was interrupted. */
	STOP_INTERRUPT = 1 << (STOP_RANK_BITS - 1)
};

/* A sweep's number is never 0. */
static inline uint64_t stop_word_of_call(uint64_t sweep, int rank)
{
	return sweep << STOP_RANK_BITS | (uint32_t)rank;
}

static inline uint64_t stop_word_of_interrupt(uint64_t sweep, int rank)
{
	return stop_word_of_call(sweep, rank) | STOP_INTERRUPT;
}

/* 0: the word is no signal. */
static inline int stop_word_signal(uint64_t word)
{
	return word == SIGINT || word == SIGTERM ? (int)word : 0;
}

/* Whether on_result has stopped the sweep. */
static inline bool stop_word_by_result(uint64_t word)
{
	return (word & STOP_BY_RESULT) == STOP_BY_RESULT;
}

/* Whether the word is of a rank that was interrupted. */
static inline bool stop_word_interrupts(uint64_t word)
{
	return !stop_word_signal(word) && word & STOP_INTERRUPT &&
	       !stop_word_by_result(word);
}

/* The rank that has called cohort_stop or cohort_interrupt. */
static inline int stop_word_rank(uint64_t word)
{
	return (int)(word & (STOP_INTERRUPT - 1));
}

/* The word if it stops the sweep with this number; otherwise 0: a call of
 * cohort_stop in an earlier sweep leaves its word behind. */
static inline uint64_t stop_word_for(uint64_t word, uint64_t sweep)
{
	return word && (stop_word_signal(word) ||
	                word >> STOP_RANK_BITS == sweep)
	           ? word
	           : 0;
}

/* Whether a rank that knows the reason `old` needs to be told `word`: it has
 * none for this sweep, or the sweep is interrupted after it was stopped. */
static inline bool stop_word_replaces(uint64_t word, uint64_t old)
{
	if (stop_word_signal(old))
		return false;
	return stop_word_signal(word) ||
	       old >> STOP_RANK_BITS != word >> STOP_RANK_BITS ||
	       (stop_word_interrupts(word) && !stop_word_interrupts(old));
}

/* Write the word, unless what is there stops the same sweep already. Safe in a
 * signal handler. */
static inline void stop_word_write(_Atomic uint64_t *stop, uint64_t word)
{
	uint64_t old = atomic_load(stop);

	while (stop_word_replaces(word, old))
		if (atomic_compare_exchange_weak(stop, &old, word))
			return;
}

#endif
