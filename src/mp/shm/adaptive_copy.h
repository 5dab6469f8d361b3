/*
 * Copying into memory that other ranks have read before and will read again.
 *
 * A line that another core still has must be taken away from it before it can
 * be written. On cores that share a cache that is quick, at the latest once the
 * other has dropped the line from the cache beside it. Between cores that share
 * none it takes ten times as long as the copy itself, and stores that go past
 * the caches, which take nothing away from anybody, are much quicker, though
 * readers then find the data in memory only. Which of the two a machine is
 * cannot be asked, and a virtual one changes under a running program. So it is
 * measured: a few of the copies are timed, and now and then some are made the
 * other way; not one alone, since what it finds in the caches is what the usual
 * way has left there.
 */
#ifndef COHORT_MP_SHM_ADAPTIVE_COPY_H
#define COHORT_MP_SHM_ADAPTIVE_COPY_H

#include "arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum copy_way { COPY_CACHED, COPY_NONTEMPORAL, COPY_WAYS };

enum {
	COPY_ADAPTS_FROM = 2048, /* bytes; for fewer the way does not matter */
	COPY_TIMED_EVERY = 8,
	/* Bytes. A trial of the other way, and of coming back from it: the
	 * second half of each counts, when all that goes round has been
	 * written since. The first one comes soon. */
	COPY_TRIAL = 2 * RING_BYTES,
	COPY_PERIOD = 128 * COPY_TRIAL,
	COPY_FIRST = 2 * COPY_TRIAL
};

/* What a rank knows. All zero to begin with. */
struct copy_state {
	enum copy_way way;
	double line_seconds[COPY_WAYS]; /* lately; 0: not known */
	uint64_t bytes;  /* in copies of COPY_ADAPTS_FROM or more */
	unsigned copies; /* of them */
};

/* As memcpy. The cost over shm_copy is a reading of the clock before and after
 * every eighth copy, and the trials, less than a hundredth of all bytes; nothing
 * where there is one way only. */
void adaptive_copy(struct copy_state *pace, void *to, const void *from,
                   size_t bytes);

/* What adaptive_copy is made of: how the next copy is to go, and that it took so
 * long for each cache line. */
struct copy_plan {
	enum copy_way way;
	bool timed;
};
struct copy_plan copy_plan(struct copy_state *pace, size_t bytes);
void copy_learn(struct copy_state *pace, enum copy_way way,
                double line_seconds);

#endif
