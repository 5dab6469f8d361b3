/* The memory that the ranks of a node share: the node's tickets, and the worker
 * stats. */
#ifndef COHORT_MPI_TICKET_WINDOW_H
#define COHORT_MPI_TICKET_WINDOW_H

#include "mpi_world.h"
#include "node_pool.h"

#include <stdatomic.h>

struct ticket_window {
	_Alignas(64) atomic_uint_least64_t next; /* the next ticket: one node */
	struct node_pool pool;                   /* several nodes */
};

/* Collective, over world->comm: fill in world->tickets, which is zero before.
 * If `test_nodes` is above 1, the ranks pretend to be on so many nodes. */
COHORT_CHECKED cohort_status ticket_window_open(struct mpi_world *world,
                                                int test_nodes);

/* Collective. Accepts tickets that ticket_window_open filled in only in part
 * before it failed. */
void ticket_window_close(struct tickets *tickets);

#endif
