/* What the ranks of a node share of a sweep: see tickets.c. */
#ifndef COHORT_MPI_POOL_H
#define COHORT_MPI_POOL_H

#include <stdatomic.h>

struct pool {
	_Alignas(64) atomic_uint_least64_t next;    /* number to take */
	_Alignas(64) atomic_uint_least64_t slots[]; /* lot + 1; 0: not drawn */
};

/* Rounds in which the lots shrink by half, and those at the end: so many slots
 * are enough for each node. */
enum { ROUNDS = 64 + 4 };

#endif
