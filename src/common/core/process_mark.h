/*
 * Tells a process from its forked copies, for less than a nanosecond. The word
 * lies on a page that the kernel clears in each copy, whatever has made it.
 * Where the kernel cannot, only forks with handlers are counted (group_forks),
 * which _Fork and clone do not run.
 */
#ifndef COHORT_COMMON_CORE_PROCESS_MARK_H
#define COHORT_COMMON_CORE_PROCESS_MARK_H

#include "group.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

extern _Atomic uint64_t *process_mark_word;

struct process_mark {
	uint64_t word;
	unsigned forks;
};

/* Make the page, if there is none, and release it when no function of the
 * program can run: marks of before mean nothing then. Without a page the word
 * is one that copies inherit. */
void process_mark_open(void);
void process_mark_close(void);

/* Give this process a word that no process has which it was forked from. */
COHORT_COLD uint64_t process_mark_make(void);

static inline struct process_mark process_mark_own(void)
{
	const uint64_t word =
	    atomic_load_explicit(process_mark_word, memory_order_relaxed);

	return (struct process_mark){word ? word : process_mark_make(),
	                             group_forks};
}

/* Whether this process is a copy of the one that had `mark`. */
static inline bool process_mark_is_other(const struct process_mark *mark)
{
	return atomic_load_explicit(process_mark_word, memory_order_relaxed) !=
	           mark->word ||
	       group_forks != mark->forks;
}

#endif
