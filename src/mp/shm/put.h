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
 * measured: a few of the copies are timed, and now and then one is made the
 * other way.
 */
#ifndef COHORT_MP_SHM_PUT_H
#define COHORT_MP_SHM_PUT_H

#include <stddef.h>

enum put_way { PUT_THROUGH, PUT_PAST, PUT_WAYS };

enum {
	PUT_LEAST = 2048, /* bytes; for fewer the way does not matter */
	PUT_TIMED_EVERY = 8,
	PUT_OTHER_EVERY = 128 /* a multiple of that */
};

/* What a rank knows. All zero to begin with. */
struct put_pace {
	double line_seconds[PUT_WAYS]; /* lately; 0: not known */
	unsigned copies;               /* of PUT_LEAST bytes or more, so far */
};

/* As memcpy. The cost over shm_copy is a reading of the clock before and after
 * every eighth copy, and every 128th made the slower way. */
void put_copy(struct put_pace *pace, void *to, const void *from, size_t bytes);

/* What put_copy is made of: which way the next copy is to go, and that a copy
 * took so long for each cache line. */
enum put_way put_choose(const struct put_pace *pace);
void put_learn(struct put_pace *pace, enum put_way way, double line_seconds);

#endif
