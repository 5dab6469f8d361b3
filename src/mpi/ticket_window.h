/*
 * The memory behind tickets.c, in windows of MPI. The ranks of a node share one
 * with a struct ticket_window and the worker stats. With several nodes, rank 0
 * has another one with the counter of batches.
 */
#ifndef COHORT_MPI_TICKET_WINDOW_H
#define COHORT_MPI_TICKET_WINDOW_H

#include "mpi_world.h"

#include <stdatomic.h>

/* The slots list the batches that the node has drawn, in order. */
struct ticket_window {
	_Alignas(64) atomic_uint_least64_t next;    /* number of a claim */
	_Alignas(64) atomic_uint_least64_t slots[]; /* batch + 1; 0: none yet */
};

/* Collective, over world->comm: fill in world->tickets, which is zero before.
 * If `test_nodes` is above 1, the ranks pretend to be on so many nodes. */
COHORT_CHECKED cohort_status ticket_window_open(struct mpi_world *world,
                                                int test_nodes);

/* Collective. Accepts tickets that ticket_window_open filled in only in part
 * before it failed. */
void ticket_window_close(struct tickets *tickets);

#endif
