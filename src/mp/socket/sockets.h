/* The socket transport as one rank sees it. */
#ifndef COHORT_MP_SOCKET_SOCKETS_H
#define COHORT_MP_SOCKET_SOCKETS_H

#include "mp/arena.h"
#include "mp/arena_regions.h"
#include "mp/heap.h"
#include "mp/world.h"

#include <poll.h>
#include <stddef.h>

struct sockets {
	struct mp_transport base;
	int size;             /* ranks of the world */
	int *fds;             /* by rank: rank 0 has all, a peer that to 0 */
	size_t *counts;       /* scratch: one for each rank */
	struct pollfd *polls; /* scratch: one for each rank, and POLLS_BEHIND */
	/* Results of sweeps are in shared memory here too: those of a rank that
	 * dies must stay. */
	struct arena arena;
	struct heap heap; /* of this rank */
	struct arena_regions regions;
};

static inline struct sockets *sockets_of(const struct mp_world *world)
{
	return (struct sockets *)world->transport;
}

#endif
