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

/* One rank's. All zero to begin with. */
struct put_pace {
	double line_seconds[PUT_WAYS]; /* lately; 0: not known */
	unsigned copies;               /* of more than a few lines, so far */
};

/* As memcpy. The cost over shm_copy is a reading of the clock in every eighth
 * copy, and every 128th made the slower way. */
void put_copy(struct put_pace *pace, void *to, const void *from, size_t bytes);

#endif
