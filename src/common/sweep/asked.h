/*
 * Whether a task has asked for its index or its seed. If it has, its result is
 * good at this index only, and its record in the journal says so. All attempts
 * at a task count, those that crashed, too: what the last one does may depend
 * on what they did.
 */
#ifndef COHORT_COMMON_SWEEP_ASKED_H
#define COHORT_COMMON_SWEEP_ASKED_H

#include "common/journal/journal_types.h"

#include <stdatomic.h>

enum { ASKED_BITS = 2, ASKED_ALL = JOURNAL_OF_INDEX | JOURNAL_OF_SEED };

/* Of the task that a process runs. Several threads of a task may ask at
 * once. */
struct asked {
	_Atomic unsigned flags; /* of ASKED_ALL */
	/* The same for other processes, should this one die: index + 1, and
	 * the flags in the lowest bits. In shared memory, where a task that
	 * writes to a wrong address may change it; so the record of a task that
	 * ends has `flags`. */
	_Atomic uint64_t *published;
};

/* A task begins, whose earlier attempts have asked for this. */
static inline void asked_begin(struct asked *asked, uint64_t index,
                               unsigned flags)
{
	atomic_store_explicit(&asked->flags, flags, memory_order_relaxed);
	atomic_store_explicit(asked->published,
	                      (index + 1) << ASKED_BITS | flags,
	                      memory_order_relaxed);
}

static inline unsigned asked_flags(const struct asked *asked)
{
	return atomic_load_explicit(&asked->flags, memory_order_relaxed);
}

static inline void asked_add(struct asked *asked, unsigned flags)
{
	if ((asked_flags(asked) & flags) == flags)
		return;
	atomic_fetch_or_explicit(&asked->flags, flags, memory_order_relaxed);
	atomic_fetch_or_explicit(asked->published, flags, memory_order_relaxed);
}

/* What this task, whose process has ended, has published. All if that is not
 * known. */
static inline unsigned asked_published(const _Atomic uint64_t *published,
                                       uint64_t index)
{
	const uint64_t word = atomic_load(published);

	return word >> ASKED_BITS == index + 1 ? (unsigned)word & ASKED_ALL
	                                       : ASKED_ALL;
}

#endif
