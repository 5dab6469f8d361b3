/*
 * An allgatherv among the first ranks of the nodes. Each node's bytes are one
 * block, and the blocks lie one after another in the memory that each first
 * rank fills. In each step a first rank sends a piece to the next one, first of
 * its own block and then of those that it has received, and receives a piece
 * from the one before it. So a large block of one node does not wait for the
 * others. Cost for n bytes in all, cut into pieces of PART_PIECE_BYTES: each
 * first rank sends the pieces of all blocks but that of the next node, and
 * receives those of all blocks but its own. Memory: tickets.pieces.
 */
#ifndef COHORT_MPI_NODE_RING_H
#define COHORT_MPI_NODE_RING_H

#include "common/base/node_memory.h"
#include "mpi_world.h"

struct ring {
	struct mpi_world *world;
	const struct call *call;
	struct node_memory *memory;
	const size_t *starts; /* of each block, and the end of the last one */
	int blocks;           /* one for each rank of tickets.leaders */
};

/* On the first rank of each node, which has written its own block. A rank whose
 * memory cannot be written goes on, because others wait for what it passes on;
 * *error is then an errno, else 0. */
COHORT_CHECKED cohort_status node_ring(const struct ring *ring, int *error);

#endif
