/* Waking processes that share memory, and threads. */
#ifndef COHORT_MPI_BELL_H
#define COHORT_MPI_BELL_H

#include <stdatomic.h>

/* Wake all that wait for the bell. */
void bell_ring(atomic_uint *bell);

/* Sleep until the bell rings, `seconds` at the most. `seen` is its value before
 * the caller looked for a reason not to sleep: if it has rung since then, this
 * returns at once. May return early. */
void bell_wait(atomic_uint *bell, unsigned seen, double seconds);

#endif
