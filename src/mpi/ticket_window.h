/* The memory that the ranks of a node share: the node's tickets, and the worker
 * stats. */
#ifndef COHORT_MPI_TICKET_WINDOW_H
#define COHORT_MPI_TICKET_WINDOW_H

#include "common/base/cache_line.h"
#include "mpi_world.h"
#include "node_pool.h"

#include <stdatomic.h>

/* With one node a child claims tickets itself, so its tasks can write here. */
struct node_counter {
	_Alignas(CACHE_PAIR_BYTES)
	    atomic_uint_least64_t next; /* the next ticket */
};

/* Set what is not there yet; all else is zero. */
void ticket_window_prepare(struct tickets *tickets);

/* Collective, over world->comm: fill in world->tickets, which is prepared.
 * If `test_nodes` is above 1, the ranks pretend to be on so many nodes. */
COHORT_CHECKED cohort_status ticket_window_open(struct mpi_world *world,
                                                int test_nodes);

/* In a child that runs tasks, for which its rank takes tickets out of the pool:
 * make the pool and the ranks' states unwritable for this process, and all else
 * that MPI shares. */
COHORT_CHECKED cohort_status ticket_window_shut(const struct tickets *tickets);

/* Collective. Accepts tickets that ticket_window_open filled in only in part
 * before it failed. */
void ticket_window_close(struct tickets *tickets);

#endif
