/* Bytes that cross a node in pieces, so that MPI, and a group with timeouts,
 * need memory for one piece only. */
#ifndef COHORT_MPI_NODE_PARTS_H
#define COHORT_MPI_NODE_PARTS_H

#include "mpi_world.h"

enum { PART_PIECE_BYTES = 1 << 20 };

/* The size of the next piece of `bytes` bytes. */
static inline size_t part_piece(size_t bytes)
{
	return bytes < PART_PIECE_BYTES ? bytes : (size_t)PART_PIECE_BYTES;
}

/* Send to a rank of the group, which calls node_part_recv. */
COHORT_CHECKED cohort_status node_part_send(struct mpi_world *world,
                                            const struct call *call,
                                            const unsigned char *data,
                                            size_t bytes, int to);

COHORT_CHECKED cohort_status node_part_recv(struct mpi_world *world,
                                            const struct call *call,
                                            unsigned char *data, size_t bytes,
                                            int from);

/* Broadcast from the first rank of this rank's node to the others. */
COHORT_CHECKED cohort_status node_part_bcast(struct mpi_world *world,
                                             const struct call *call,
                                             unsigned char *data, size_t bytes);

#endif
