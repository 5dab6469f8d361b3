/*
 * Copying into memory that other ranks have read before and will read again.
 *
 * If another core still has a cache line, the line must be taken from that core
 * before it can be written. Between cores that share a cache this is quick.
 * Between cores that share none it takes ten times as long as the copy itself.
 * Nontemporal stores do not take lines from other cores, so they are faster
 * there; but readers then find the data in memory only. The system does not
 * tell which cores share a cache, and a virtual machine's cores may move while
 * the program runs. So a rank measures: it times some of its copies, and from
 * time to time makes a trial of the other kind of stores. A trial is many
 * copies, because a single one would find the caches as the usual kind left
 * them.
 *
 * Small copies are measured apart from large ones, which go through memory in
 * longer rows: what one kind shows says little about the other.
 */
#ifndef COHORT_MP_SHM_ADAPTIVE_COPY_H
#define COHORT_MP_SHM_ADAPTIVE_COPY_H

#include "copy.h"
#include "mp/arena.h"
#include "trials.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0: all copies use cached stores. bench/variants.sh measures the
 * difference. */
#ifndef COPY_ADAPTIVE
#define COPY_ADAPTIVE HAS_NONTEMPORAL
#endif

enum copy_way { COPY_CACHED, COPY_NONTEMPORAL, COPY_WAYS };

enum copy_size { COPY_SMALL, COPY_LARGE, COPY_SIZES };

enum {
	COPY_ADAPTS_FROM = 2048, /* bytes; shorter copies use cached stores */
	COPY_SMALL_MOST = 16384, /* bytes */
	COPY_TIMED_EVERY = 16,   /* copies */
	/* Bytes. After a trial begins, and after it ends, copies are timed once
	 * half of this has been written: by then no line is left as the other
	 * kind of stores left it. */
	COPY_TRIAL = RING_BYTES,
	COPY_WAIT_LEAST = COPY_TRIAL,
	COPY_WAIT_MOST = 256 * COPY_TRIAL
};

/* The measurements of one rank with copies of one kind of size. */
struct copy_choice {
	enum copy_way way;              /* the usual one */
	double line_seconds[COPY_WAYS]; /* lately, for a line; 0: not known */
	struct trials trials;           /* bytes */
	unsigned copies;
};

/* Of one rank. All zero at first. */
struct copy_state {
	struct copy_choice of[COPY_SIZES];
};

static inline enum copy_size copy_size(size_t bytes)
{
	return bytes <= COPY_SMALL_MOST ? COPY_SMALL : COPY_LARGE;
}

/* As memcpy. Cost, compared with shm_copy: the clock is read before and after
 * some copies, and in the long run less than a hundredth of all bytes goes
 * into trials. */
void adaptive_copy(struct copy_state *state, void *to, const void *from,
                   size_t bytes);

/* Whether such a copy uses cached stores, unless it belongs to a trial. */
static inline bool adaptive_copy_is_cached(const struct copy_state *state,
                                           size_t bytes)
{
	return bytes < COPY_ADAPTS_FROM ||
	       state->of[copy_size(bytes)].way == COPY_CACHED;
}

/* The two steps of adaptive_copy, for its tests: how to make the next copy, and
 * how long it took for each cache line. */
struct copy_plan {
	enum copy_way way;
	bool timed;
};
struct copy_plan copy_plan(struct copy_state *state, size_t bytes);
void copy_learn(struct copy_state *state, size_t bytes, enum copy_way way,
                double line_seconds);

#endif
