/*
 * One copy of rank 0's memory on each node. Rank 0 broadcasts it to the first
 * ranks of the other nodes, each of which keeps it in memory that its node's
 * ranks map (node_memory.h). Where they cannot, the first rank broadcasts it to
 * them. Cost, n bytes: one broadcast of n among the nodes; on each node a
 * broadcast of 40 bytes and an MPI_Allreduce of an int, and n bytes of memory.
 * Ranks that lack memory stay in step.
 */
#ifndef COHORT_MPI_NODE_SPREAD_H
#define COHORT_MPI_NODE_SPREAD_H

#include "common/base/node_memory.h"
#include "mpi_world.h"

/* As the slot `spread` of backend.h. */
COHORT_CHECKED cohort_status node_spread(struct mpi_world *world,
                                         const struct call *call,
                                         struct node_memory *memory,
                                         size_t bytes, cohort_status *mine);

#endif
