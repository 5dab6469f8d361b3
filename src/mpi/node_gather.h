/*
 * A gather to rank 0 by way of the first rank of each node: it takes in the
 * parts of its node's ranks and sends them on, packed. So rank 0 talks to the
 * ranks of its own node and to one rank of each other node, and not to all
 * ranks. Cost for a node with n bytes: n / PART_PIECE_BYTES messages to rank 0,
 * rounded up; in the node a message for each PART_PIECE_BYTES of a rank's part,
 * and one of 8 bytes for each rank. Memory: the two pieces
 * that each first rank has from the group's opening on.
 */
#ifndef COHORT_MPI_NODE_GATHER_H
#define COHORT_MPI_NODE_GATHER_H

#include "mpi_world.h"

/* As the slot gatherv of backend.h, for a root of 0 and several nodes. */
COHORT_CHECKED cohort_status node_gather(struct mpi_world *world,
                                         const struct call *call,
                                         const void *send, void *recv,
                                         const size_t counts[], size_t width);

#endif
