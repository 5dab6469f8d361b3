#include "node_gather_shared.h"

#include "agreement.h"
#include "calls.h"
#include "common/base/error.h"
#include "node_parts.h"
#include "node_ring.h"

#include <errno.h>

struct shared_gather {
	struct mpi_world *world;
	const struct call *call;
	const unsigned char *send;
	const size_t *counts;  /* bytes of each rank */
	const size_t *offsets; /* of each rank's bytes in `memory` */
	size_t bytes;          /* of all ranks */
	struct node_memory *memory;
	int shared;         /* 1: the ranks of this node map one copy */
	cohort_status lack; /* a rank lacks memory, and all know it */
};

static int leader_of_rank(const struct mpi_world *world, int r)
{
	return world->tickets.nodes > 1 ? world->tickets.leader_of[r] : 0;
}

/* The bytes of each node's ranks are one block, and the blocks are in the order
 * of the first ranks: a ring passes on whole blocks. Returns the sum of all
 * bytes. `next`: one element for each rank. */
static size_t lay_out_blocks(const struct mpi_world *world,
                             const size_t counts[], size_t next[],
                             size_t offsets[])
{
	const int size = world->base.size;
	size_t bytes = 0;

	for (int r = 0; r < size; r++)
		next[r] = 0;
	for (int r = 0; r < size; r++)
		next[leader_of_rank(world, r)] += counts[r];
	for (int r = 0; r < size; r++) {
		const size_t block = next[r]; /* 0: r is no first rank */
		next[r] = bytes;
		bytes += block;
	}
	for (int r = 0; r < size; r++) {
		size_t *place = &next[leader_of_rank(world, r)];
		offsets[r] = *place;
		*place += counts[r];
	}
	return bytes;
}

static cohort_status report_lack(const struct shared_gather *gather)
{
	return error_sys("%s: memory for the results, of %zu bytes, cannot be "
	                 "had by pwrite, fcntl, mmap and mprotect",
	                 call_function(gather->call), gather->bytes);
}

static bool write_own(const struct shared_gather *gather)
{
	const int rank = gather->world->base.rank;

	return node_memory_write(gather->memory, gather->offsets[rank],
	                         gather->send, gather->counts[rank]);
}

/* Let the ranks of this node find out whether they can share memory; if so, all
 * of them have it, and have written their own bytes. */
static cohort_status share_memory_of_node(struct shared_gather *gather)
{
	struct mpi_world *world = gather->world;
	struct node_memory_address address = {0};
	const MPI_Comm node = world->tickets.node;
	const bool is_first = world->tickets.node_rank == 0;

	gather->shared = 0;
	if (world->tickets.node_size == 1)
		return COHORT_OK;
	if (is_first && node_memory_create(gather->memory, gather->bytes,
	                                   NODE_MEMORY_SHARED))
		address = node_memory_address(gather->memory);
	cohort_status status = mpi_call_bcast_among(
	    world, node, gather->call, &address, sizeof(address), is_first);
	if (status != COHORT_OK)
		return status;
	gather->shared =
	    (is_first ? address.process != 0
	              : node_memory_join(gather->memory, &address)) &&
	    write_own(gather);
	return mpi_call_least_among(world, node, gather->call, &gather->shared);
}

/* Set gather->lack on every rank if one of them says `done` is false: then
 * errno has the reason there. COHORT_ENOMEM, or COHORT_ESYS if the system has
 * refused for another reason than memory. */
static cohort_status agree(struct shared_gather *gather, bool done)
{
	struct mpi_world *world = gather->world;
	const cohort_status mine = done ? COHORT_OK : report_lack(gather);
	struct inability inability;
	const cohort_status status =
	    agreement_among(world, world->comm, gather->call, mine, &inability);

	if (status != COHORT_OK || inability.status == COHORT_OK)
		return status;
	gather->lack = mine;
	if (mine == COHORT_OK)
		gather->lack = error_set(
		    inability.status,
		    "%s: rank %d has no memory for %zu bytes of results%s",
		    call_function(gather->call), inability.rank, gather->bytes,
		    inability.status == COHORT_ENOMEM
		        ? ""
		        : ": the system has refused it");
	return COHORT_OK;
}

/* Memory of this rank alone, where the node shares none. */
static bool write_private(const struct shared_gather *gather)
{
	node_memory_free(gather->memory);
	return node_memory_create(gather->memory, gather->bytes,
	                          NODE_MEMORY_PRIVATE) &&
	       write_own(gather);
}

/* A node that shares no memory: its first rank takes in the bytes of the
 * others, into private memory, where they can be received. */
static cohort_status take_in_own_node(const struct shared_gather *gather)
{
	struct mpi_world *world = gather->world;
	const int rank = world->base.rank;
	const int leader = leader_of_rank(world, rank);
	cohort_status status = COHORT_OK;

	if (rank != leader)
		return node_part_send(world, gather->call, gather->send,
		                      gather->counts[rank], leader);
	for (int r = 0; r < world->base.size && status == COHORT_OK; r++)
		if (r != rank && leader_of_rank(world, r) == leader)
			status = node_part_recv(world, gather->call,
			                        gather->memory->data +
			                            gather->offsets[r],
			                        gather->counts[r], r);
	return status;
}

/* On first ranks, if there are several. `starts`: one element for each rank,
 * and one more. */
static cohort_status exchange_blocks(const struct shared_gather *gather,
                                     size_t starts[], int *error)
{
	struct mpi_world *world = gather->world;
	struct ring ring = {
	    .world = world,
	    .call = gather->call,
	    .memory = gather->memory,
	    .starts = starts,
	};

	for (int r = 0; r < world->base.size; r++)
		if (leader_of_rank(world, r) == r)
			starts[ring.blocks++] = gather->offsets[r];
	starts[ring.blocks] = gather->bytes;
	*error = 0;
	return ring.blocks > 1 ? node_ring(&ring, error) : COHORT_OK;
}

/* To the other ranks of a node that shares no memory. */
static cohort_status hand_out(const struct shared_gather *gather)
{
	struct mpi_world *world = gather->world;

	return gather->shared || world->tickets.node_size == 1
	           ? COHORT_OK
	           : node_part_bcast(world, gather->call, gather->memory->data,
	                             gather->bytes);
}

/* Make the memory unwritable. In a node that shares it, its first rank does so
 * for all of them. */
static bool finish_memory(const struct shared_gather *gather)
{
	return (gather->shared && gather->world->tickets.node_rank > 0) ||
	       node_memory_finish(gather->memory);
}

static cohort_status run_shared_gather(struct shared_gather *gather,
                                       size_t starts[])
{
	const bool is_first = gather->world->tickets.node_rank == 0;
	int error = 0;
	cohort_status status = share_memory_of_node(gather);

	if (status == COHORT_OK)
		status = agree(gather, gather->shared || write_private(gather));
	if (gather->lack != COHORT_OK)
		return status;
	if (status == COHORT_OK && !gather->shared)
		status = take_in_own_node(gather);
	if (status == COHORT_OK && is_first)
		status = exchange_blocks(gather, starts, &error);
	if (status == COHORT_OK)
		status = hand_out(gather);
	if (status != COHORT_OK)
		return status;
	errno = error;
	return agree(gather, !error && finish_memory(gather));
}

cohort_status node_gather_shared(struct mpi_world *world,
                                 const struct call *call, const void *send,
                                 const size_t counts[],
                                 struct node_memory *memory, size_t offsets[],
                                 cohort_status *lack)
{
	struct shared_gather gather = {
	    .world = world,
	    .call = call,
	    .send = send,
	    .counts = counts,
	    .offsets = offsets,
	    .bytes = lay_out_blocks(world, counts, world->starts, offsets),
	    .memory = memory,
	};
	const cohort_status status = run_shared_gather(&gather, world->starts);
	node_memory_close(memory);
	*lack = gather.lack;
	return status;
}
