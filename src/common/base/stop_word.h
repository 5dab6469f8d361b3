/*
 * Why the ranks of a machine begin no more tasks, in one word in rank_states.h:
 * the number of a signal, which stops all sweeps; or a sweep and the rank that
 * has called cohort_stop or cohort_interrupt, which stops that sweep only; or
 * an interrupted rank and a signal. 0: nothing stops them.
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
	/* Added to a rank below STOP_RANKS, which was interrupted. */
	STOP_INTERRUPT = 1 << (STOP_RANK_BITS - 1),
	/* Added then, if a signal has come too. */
	STOP_SIGINT = 1 << (STOP_RANK_BITS - 2),
	STOP_SIGTERM = 1 << (STOP_RANK_BITS - 3),
	STOP_RANKS = STOP_SIGTERM
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

/* Whether on_result has stopped the sweep. */
static inline bool stop_word_by_result(uint64_t word)
{
	return (word & STOP_BY_RESULT) == STOP_BY_RESULT;
}

/* Whether the word is of a rank that was interrupted. */
static inline bool stop_word_interrupts(uint64_t word)
{
	return word >> STOP_RANK_BITS && word & STOP_INTERRUPT &&
	       !stop_word_by_result(word);
}

/* The signal that has come; 0: none. */
static inline int stop_word_signal(uint64_t word)
{
	if (stop_word_interrupts(word))
		return word & STOP_SIGINT    ? SIGINT
		       : word & STOP_SIGTERM ? SIGTERM
		                             : 0;
	return word == SIGINT || word == SIGTERM ? (int)word : 0;
}

/* The rank that has called cohort_stop or cohort_interrupt. */
static inline int stop_word_rank(uint64_t word)
{
	return (int)(word & (STOP_RANKS - 1));
}

/* The word if it stops the sweep with this number; otherwise the signal in it,
 * or 0: a call of cohort_stop in an earlier sweep leaves its word behind. */
static inline uint64_t stop_word_for(uint64_t word, uint64_t sweep)
{
	return word && word >> STOP_RANK_BITS == sweep
	           ? word
	           : (uint64_t)stop_word_signal(word);
}

/* What is known to a rank that knows the reason `old` and is told `word`: the
 * first of the reasons for a sweep, of a later sweep rather than an earlier
 * one, and that the sweep is interrupted if it is. */
static inline uint64_t stop_word_merge(uint64_t word, uint64_t old)
{
	const int was = stop_word_signal(old);
	const int signal = was ? was : stop_word_signal(word);
	const bool other_sweep =
	    old >> STOP_RANK_BITS != word >> STOP_RANK_BITS;
	const bool interrupts = stop_word_interrupts(word);
	const uint64_t signals = STOP_SIGINT | STOP_SIGTERM;

	if (!interrupts && !stop_word_interrupts(old)) {
		if (was || word == 0)
			return old;
		return signal || other_sweep ? word : old;
	}
	if (!interrupts || (stop_word_interrupts(old) && !other_sweep))
		word = old;
	return (word & ~signals) | (signal == SIGINT    ? STOP_SIGINT
	                            : signal == SIGTERM ? STOP_SIGTERM
	                                                : 0);
}

/* Whether a rank that knows the reason `old` needs to be told `word`. */
static inline bool stop_word_replaces(uint64_t word, uint64_t old)
{
	return stop_word_merge(word, old) != old;
}

/* Add the word to what is known there. Safe in a signal handler. */
static inline void stop_word_write(_Atomic uint64_t *stop, uint64_t word)
{
	uint64_t old = atomic_load(stop);

	while (stop_word_replaces(word, old))
		if (atomic_compare_exchange_weak(stop, &old,
		                                 stop_word_merge(word, old)))
			return;
}

#endif
