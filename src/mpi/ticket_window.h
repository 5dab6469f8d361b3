/* What the ranks of a node share of a sweep: see tickets.c. */
#ifndef COHORT_MPI_TICKET_WINDOW_H
#define COHORT_MPI_TICKET_WINDOW_H

#include <stdatomic.h>

struct ticket_window {
	_Alignas(64) atomic_uint_least64_t next;    /* number to take */
	_Alignas(64) atomic_uint_least64_t slots[]; /* lot + 1; 0: not drawn */
};

/* Rounds in which the lots shrink by half, and those at the end: so many slots
 * are enough for each node. */
enum { ROUNDS = 64 + 4 };

#endif
