/* Each collective call is one call of MPI. Data travels as bytes, except in
 * reductions. In groups without a timeout no function here allocates memory,
 * takes a lock or asks MPI about the communicator. */
#include "collectives.h"

#include "call_exchange.h"
#include "calls.h"
#include "chunked.h"
#include "common/base/error.h"
#include "common/base/node_memory.h"
#include "common/base/op.h"
#include "common/base/time_limit.h"
#include "common/base/type.h"
#include "mpi_world.h"
#include "node_gather.h"
#include "node_gather_shared.h"
#include "node_spread.h"

#include <string.h>

/* Every call begins with this. */
static inline cohort_status begin_collective(struct mpi_world *world,
                                             const struct call *call,
                                             const size_t counts[])
{
	if (world->timed)
		world->limit = time_limit_in(world->timeout);
	return world->checked ? call_exchange_check(world, call, counts)
	                      : COHORT_OK;
}

cohort_status collective_barrier(struct world *base, const struct call *call)
{
	struct mpi_world *world = world_of(base);
	cohort_status status = begin_collective(world, call, NULL);

	return status == COHORT_OK ? mpi_call_barrier(world, call) : status;
}

cohort_status collective_bcast(struct world *base, const struct call *call,
                               void *data, size_t bytes)
{
	struct mpi_world *world = world_of(base);
	cohort_status status = begin_collective(world, call, NULL);

	if (status != COHORT_OK)
		return status;
	if (bytes > CHUNKED_FROM_BYTES)
		return chunked_bcast(world, call, data, bytes, call->root);
	return mpi_call_bcast(world, call, data, (int)bytes, call->root);
}

/* Fill world->counts and world->displacements; false if a part has more than
 * `most` bytes, or all parts together are too many for an int. */
static bool fill_layout(struct mpi_world *world, const size_t counts[],
                        size_t width, size_t most)
{
	size_t place = 0;

	for (int r = 0; r < world->base.size; r++) {
		const size_t bytes = counts[r] * width;
		if (bytes > most || bytes > CHUNKED_FROM_BYTES - place)
			return false;
		world->counts[r] = (int)bytes;
		world->displacements[r] = (int)place;
		place += bytes;
	}
	return true;
}

static cohort_status gatherv_on_root(struct mpi_world *world,
                                     const struct call *call, const void *send,
                                     void *recv, const size_t counts[],
                                     size_t width)
{
	const int root = call->root;
	const struct byte_layout layout = {world->counts, world->displacements};

	if (!fill_layout(world, counts, width, world->part_bytes))
		return chunked_gatherv(world, call, send, recv, counts, width);
	const char *mine = (const char *)recv + world->displacements[root];
	return mpi_call_gatherv(world, call, send == mine ? MPI_IN_PLACE : send,
	                        world->counts[root], recv, layout, root);
}

cohort_status collective_gatherv(struct world *base, const struct call *call,
                                 const void *send, void *recv,
                                 const size_t counts[], size_t width)
{
	struct mpi_world *world = world_of(base);
	const size_t bytes = (size_t)call->count * width;
	cohort_status status = begin_collective(world, call, counts);

	if (status != COHORT_OK)
		return status;
	if (base->nodes > 1 && call->kind == CALL_GATHER_TO_ROOT)
		return node_gather(world, call, send, recv, counts, width);
	if (base->rank == call->root)
		return gatherv_on_root(world, call, send, recv, counts, width);
	const struct byte_layout none = {NULL, NULL};
	if (bytes <= world->part_bytes)
		return mpi_call_gatherv(world, call, send, (int)bytes, NULL,
		                        none, call->root);
	status = mpi_call_gatherv(world, call, NULL, 0, NULL, none, call->root);
	return status == COHORT_OK ? chunked_send(world, call, send, bytes)
	                           : status;
}

/* MPI_IN_PLACE must be passed by all ranks or by none, but `send` is this
 * rank's own decision. So the rank copies its part, as MPI would, and all
 * gather in place. */
static cohort_status allgatherv(struct mpi_world *world,
                                const struct call *call, const void *send,
                                void *recv, const size_t counts[], size_t width)
{
	const struct byte_layout layout = {world->counts, world->displacements};
	const size_t bytes = (size_t)call->count * width;
	char *mine = recv;

	for (int r = 0; r < world->base.rank; r++)
		mine += counts[r] * width;
	if (send != mine && bytes > 0)
		memcpy(mine, send, bytes);
	if (!fill_layout(world, counts, width, CHUNKED_FROM_BYTES))
		return chunked_allgatherv(world, call, recv, counts, width);
	return mpi_call_allgatherv(world, call, recv, layout);
}

cohort_status collective_allgatherv(struct world *base, const struct call *call,
                                    const void *send, void *recv,
                                    const size_t counts[], size_t width)
{
	struct mpi_world *world = world_of(base);
	cohort_status status = begin_collective(world, call, NULL);

	return status == COHORT_OK
	           ? allgatherv(world, call, send, recv, counts, width)
	           : status;
}

static cohort_status allreduce_alone(const struct call *call, const void *send,
                                     void *recv)
{
	const cohort_type type = (cohort_type)call->type;
	const size_t count = (size_t)call->count;

	if (send != recv && count > 0)
		memcpy(recv, send, count * type_size(type));
	op_alone((cohort_op)call->op, type, recv, count);
	return COHORT_OK;
}

cohort_status collective_spread(struct world *base, const struct call *call,
                                struct node_memory *memory, size_t bytes,
                                cohort_status *mine)
{
	struct mpi_world *world = world_of(base);
	cohort_status status = begin_collective(world, call, NULL);

	return status == COHORT_OK
	           ? node_spread(world, call, memory, bytes, mine)
	           : status;
}

cohort_status collective_gather_shared(struct world *base,
                                       const struct call *call,
                                       const void *send, const size_t counts[],
                                       struct node_memory *memory,
                                       size_t offsets[], cohort_status *lack)
{
	struct mpi_world *world = world_of(base);
	size_t bytes = 0;
	cohort_status status = begin_collective(world, call, NULL);

	if (status != COHORT_OK)
		return status;
	for (int r = 0; r < base->size; r++) {
		offsets[r] = bytes;
		bytes += counts[r];
	}
	return bytes <= GATHERED_SMALL_BYTES
	           ? allgatherv(world, call, send, memory->data, counts, 1)
	           : node_gather_shared(world, call, send, counts, memory,
	                                offsets, lack);
}

cohort_status collective_allreduce(struct world *base, const struct call *call,
                                   const void *send, void *recv)
{
	struct mpi_world *world = world_of(base);
	const size_t width = type_size((cohort_type)call->type);
	cohort_status status = begin_collective(world, call, NULL);

	if (status != COHORT_OK)
		return status;
	if (base->size == 1)
		return allreduce_alone(call, send, recv);
	if ((size_t)call->count > CHUNKED_FROM_BYTES / width)
		return chunked_allreduce(world, call, send, recv);
	return mpi_call_allreduce(world, call,
	                          send == recv ? MPI_IN_PLACE : send, recv,
	                          (int)call->count);
}
