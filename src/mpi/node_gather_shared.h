/*
 * A gather to all ranks, of which each node has one copy, in memory that its
 * ranks map (node_memory.h). Each rank writes its own bytes there, so they
 * cross no message on their node. Then the first ranks of the nodes pass what
 * their nodes have around a ring. Where the ranks of a node cannot share
 * memory, they send their bytes to the first one, which broadcasts everything
 * to them.
 *
 * Cost for n bytes in all, on N nodes: the first rank of a node sends and
 * receives the bytes of all nodes but one, in pieces of 1 MiB, and has
 * two pieces of memory; each rank a broadcast of 40 bytes on its node and three
 * MPI_Allreduce of an int. n bytes of memory on each node.
 */
#ifndef COHORT_MPI_NODE_GATHER_SHARED_H
#define COHORT_MPI_NODE_GATHER_SHARED_H

#include "common/base/node_memory.h"
#include "mpi_world.h"

/* As the slot gather_shared of backend.h. */
COHORT_CHECKED cohort_status node_gather_shared(
    struct mpi_world *world, const struct call *call, const void *send,
    const size_t counts[], struct node_memory *memory, size_t offsets[],
    cohort_status *lack);

#endif
