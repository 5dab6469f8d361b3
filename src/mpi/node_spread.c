#include "node_spread.h"

#include "calls.h"
#include "common/base/error.h"
#include "common/base/plural.h"

#include <stdlib.h>

/* Bytes in one broadcast. A rank that receives needs as many beside its
 * copy. */
enum { PIECE_BYTES = 1 << 20 };

static cohort_status report_no_memory(size_t bytes)
{
	return error_sys(
	    "cohort_scatter: memory for the parameter sets, of %zu "
	    "byte%s, cannot be had by pwrite, mmap and mprotect",
	    bytes, plural(bytes));
}

/* Broadcast the bytes of `memory` from the first rank of `comm` to the others,
 * whose memory was created and is finished here. */
static cohort_status send_pieces(struct mpi_world *world, MPI_Comm comm,
                                 const struct call *call,
                                 struct node_memory *memory, bool is_first)
{
	cohort_status status = COHORT_OK;
	unsigned char *piece = is_first ? NULL : malloc(PIECE_BYTES);

	if (!is_first && !piece)
		return error_sys("cohort_scatter: malloc of %d bytes to "
		                 "receive the parameter sets",
		                 PIECE_BYTES);
	for (size_t at = 0; at < memory->bytes && status == COHORT_OK;
	     at += PIECE_BYTES) {
		const size_t left = memory->bytes - at;
		const size_t bytes =
		    left < PIECE_BYTES ? left : (size_t)PIECE_BYTES;
		void *data = is_first ? memory->data + at : piece;
		status = mpi_call_bcast_among(world, comm, call, data,
		                              (int)bytes, is_first);
		if (status == COHORT_OK && !is_first &&
		    !node_memory_write(memory, at, piece, bytes))
			status = report_no_memory(memory->bytes);
	}
	free(piece);
	if (status == COHORT_OK && !is_first && !node_memory_finish(memory))
		status = report_no_memory(memory->bytes);
	return status;
}

/* To the first rank of each node. */
static cohort_status spread_to_nodes(struct mpi_world *world,
                                     const struct call *call,
                                     struct node_memory *memory, size_t bytes)
{
	const bool is_root = world->base.rank == 0;
	const MPI_Comm leaders = world->tickets.leaders;

	if (leaders == MPI_COMM_NULL)
		return COHORT_OK;
	if (!is_root && !node_memory_create(memory, bytes, NODE_MEMORY_SHARED))
		return report_no_memory(bytes);
	return send_pieces(world, leaders, call, memory, is_root);
}

/* From the first rank of this node to its other ranks. */
static cohort_status spread_on_node(struct mpi_world *world,
                                    const struct call *call,
                                    struct node_memory *memory, size_t bytes)
{
	const MPI_Comm node = world->tickets.node;
	const bool is_first = world->tickets.node_rank == 0;
	struct node_memory_address address = {0};
	int mapped = 1;

	if (world->tickets.node_size == 1)
		return COHORT_OK;
	if (is_first)
		address = node_memory_address(memory);
	cohort_status status = mpi_call_bcast_among(world, node, call, &address,
	                                            sizeof(address), is_first);
	if (status != COHORT_OK)
		return status;
	if (!is_first)
		mapped = node_memory_map(memory, &address);
	status = mpi_call_least_among(world, node, call, &mapped);
	if (status != COHORT_OK || mapped)
		return status;
	if (!is_first) {
		node_memory_free(memory);
		if (!node_memory_create(memory, bytes, NODE_MEMORY_PRIVATE))
			return report_no_memory(bytes);
	}
	return send_pieces(world, node, call, memory, is_first);
}

cohort_status node_spread(struct mpi_world *world, const struct call *call,
                          struct node_memory *memory, size_t bytes)
{
	cohort_status status = COHORT_OK;

	if (world->tickets.node_rank == 0)
		status = spread_to_nodes(world, call, memory, bytes);
	if (status == COHORT_OK)
		status = spread_on_node(world, call, memory, bytes);
	node_memory_close(memory);
	return status;
}
