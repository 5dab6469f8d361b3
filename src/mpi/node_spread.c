#include "node_spread.h"

#include "agreement.h"
#include "calls.h"
#include "common/base/error.h"
#include "common/base/plural.h"
#include "node_parts.h"

/* In an address: the first rank of the node has no memory itself. */
enum { LACKS_MEMORY = -1 };

static cohort_status report_params_lack(const struct mpi_world *world,
                                        size_t bytes)
{
	return error_sys("cohort_scatter: rank %d has no memory for the "
	                 "parameter sets, of %zu byte%s: pwrite, fcntl, mmap "
	                 "and mprotect",
	                 world->base.rank, bytes, plural(bytes));
}

/* To the first rank of each node. One without memory receives all, too, because
 * others wait for what it passes on. */
static cohort_status spread_to_nodes(struct mpi_world *world,
                                     const struct call *call,
                                     struct node_memory *memory, size_t bytes,
                                     cohort_status *mine)
{
	const bool is_root = world->base.rank == 0;
	cohort_status status = COHORT_OK;

	if (!is_root && !node_memory_create(memory, bytes, NODE_MEMORY_SHARED))
		*mine = report_params_lack(world, bytes);
	for (size_t at = 0; at < bytes && status == COHORT_OK;
	     at += PART_PIECE_BYTES) {
		const size_t piece = part_piece(bytes - at);
		void *data =
		    is_root ? memory->data + at : world->tickets.pieces;
		status = mpi_call_bcast_among(world, world->tickets.leaders,
		                              call, data, (int)piece, is_root);
		if (status == COHORT_OK && !is_root && *mine == COHORT_OK &&
		    !node_memory_write(memory, at, data, piece))
			*mine = report_params_lack(world, bytes);
	}
	if (status == COHORT_OK && !is_root && *mine == COHORT_OK &&
	    !node_memory_finish(memory))
		*mine = report_params_lack(world, bytes);
	return status;
}

/* Every rank of this node gets a copy of its own, unless one has no memory for
 * it. */
static cohort_status spread_private_copies(struct mpi_world *world,
                                           const struct call *call,
                                           struct node_memory *memory,
                                           size_t bytes, cohort_status *mine)
{
	const bool is_first = world->tickets.node_rank == 0;
	struct inability inability;

	if (!is_first) {
		node_memory_free(memory);
		if (!node_memory_create(memory, bytes, NODE_MEMORY_PRIVATE))
			*mine = report_params_lack(world, bytes);
	}
	cohort_status status = agreement_among(world, world->tickets.node, call,
	                                       *mine, &inability);
	if (status != COHORT_OK)
		return status;
	if (inability.status != COHORT_OK) {
		if (!is_first)
			node_memory_free(memory);
		return COHORT_OK;
	}
	status = node_part_bcast(world, call, memory->data, bytes);
	if (status == COHORT_OK && !is_first && !node_memory_finish(memory))
		*mine = report_params_lack(world, bytes);
	return status;
}

/* From the first rank of this node to its other ranks. */
static cohort_status spread_on_node(struct mpi_world *world,
                                    const struct call *call,
                                    struct node_memory *memory, size_t bytes,
                                    cohort_status *mine)
{
	const MPI_Comm node = world->tickets.node;
	const bool is_first = world->tickets.node_rank == 0;
	struct node_memory_address address = {.process = LACKS_MEMORY};
	int mapped = 1;

	if (world->tickets.node_size == 1)
		return COHORT_OK;
	if (is_first && *mine == COHORT_OK)
		address = node_memory_address(memory);
	cohort_status status = mpi_call_bcast_among(world, node, call, &address,
	                                            sizeof(address), is_first);
	if (status != COHORT_OK || address.process == LACKS_MEMORY)
		return status;
	if (!is_first)
		mapped = node_memory_map(memory, &address);
	status = mpi_call_least_among(world, node, call, &mapped);
	return status != COHORT_OK || mapped
	           ? status
	           : spread_private_copies(world, call, memory, bytes, mine);
}

cohort_status node_spread(struct mpi_world *world, const struct call *call,
                          struct node_memory *memory, size_t bytes,
                          cohort_status *mine)
{
	cohort_status own = COHORT_OK;
	cohort_status status = COHORT_OK;

	if (world->tickets.leaders != MPI_COMM_NULL)
		status = spread_to_nodes(world, call, memory, bytes, &own);
	if (status == COHORT_OK)
		status = spread_on_node(world, call, memory, bytes, &own);
	if (own == COHORT_OK) {
		node_memory_close(memory);
		return status;
	}
	node_memory_free(memory);
	*mine = own;
	return status;
}
