#include "calls.h"

#include "abandoned_buffers.h"
#include "common/base/type.h"
#include "message_tag.h"
#include "mpi_error.h"
#include "mpi_types.h"
#include "mpi_wait.h"

/* What became of an MPI call that blocked, or of one that has only begun. */
static inline cohort_status finish(const struct call *call,
                                   const char *function, int code)
{
	return code == MPI_SUCCESS ? COHORT_OK
	                           : mpi_error_report(call, function, code);
}

static cohort_status await(struct mpi_world *world, const struct call *call,
                           const char *function, int code, MPI_Request request)
{
	if (code != MPI_SUCCESS)
		return mpi_error_report(call, function, code);
	return wait_all(world, call, function, 1, &request);
}

/* A nonblocking call has ended, well or not: if not, its copies are MPI's. */
static cohort_status settle(cohort_status status, void *copy, void *to,
                            size_t bytes)
{
	if (status == COHORT_OK)
		buffer_return(copy, to, bytes);
	return status;
}

cohort_status mpi_call_barrier(struct mpi_world *world, const struct call *call)
{
	MPI_Request request;

	if (!world->timed)
		return finish(call, "MPI_Barrier", MPI_Barrier(world->comm));
	int code = MPI_Ibarrier(world->comm, &request);
	return await(world, call, "MPI_Ibarrier", code, request);
}

static cohort_status timed_bcast(struct mpi_world *world,
                                 const struct call *call, void *data,
                                 size_t bytes, int root)
{
	const bool is_root = world->base.rank == root;
	MPI_Request request;
	void *copy;
	cohort_status status =
	    buffer_lend(call, is_root ? data : NULL, bytes, &copy);

	if (status != COHORT_OK)
		return status;
	int code =
	    MPI_Ibcast(copy, (int)bytes, MPI_BYTE, root, world->comm, &request);
	status = await(world, call, "MPI_Ibcast", code, request);
	return settle(status, copy, is_root ? NULL : data, bytes);
}

cohort_status mpi_call_bcast(struct mpi_world *world, const struct call *call,
                             void *data, int bytes, int root)
{
	if (world->timed)
		return timed_bcast(world, call, data, (size_t)bytes, root);
	return finish(call, "MPI_Bcast",
	              MPI_Bcast(data, bytes, MPI_BYTE, root, world->comm));
}

/* From the first byte of all parts to the last one. */
static size_t parts_bytes(const struct mpi_world *world, struct parts parts)
{
	size_t bytes = 0;

	for (int r = 0; parts.counts && r < world->base.size; r++) {
		const size_t end =
		    (size_t)parts.places[r] + (size_t)parts.counts[r];
		bytes = end > bytes ? end : bytes;
	}
	return bytes;
}

/* What lies between the parts is copied there and back. */
static cohort_status timed_gatherv(struct mpi_world *world,
                                   const struct call *call, const void *send,
                                   int bytes, void *recv, struct parts parts,
                                   int root)
{
	const bool sends = send != MPI_IN_PLACE && send != NULL;
	const size_t received = parts_bytes(world, parts);
	MPI_Request request;
	void *all;
	void *mine;
	cohort_status status = buffer_lend(call, recv, received, &all);

	if (status != COHORT_OK)
		return status;
	status = buffer_lend(call, sends ? send : NULL,
	                     sends ? (size_t)bytes : 0, &mine);
	if (status != COHORT_OK) {
		buffer_return(all, NULL, 0);
		return status;
	}
	int code = MPI_Igatherv(sends ? mine : send, bytes, MPI_BYTE, all,
	                        parts.counts, parts.places, MPI_BYTE, root,
	                        world->comm, &request);
	status = await(world, call, "MPI_Igatherv", code, request);
	status = settle(status, mine, NULL, 0);
	return settle(status, all, recv, received);
}

cohort_status mpi_call_gatherv(struct mpi_world *world, const struct call *call,
                               const void *send, int bytes, void *recv,
                               struct parts parts, int root)
{
	if (world->timed)
		return timed_gatherv(world, call, send, bytes, recv, parts,
		                     root);
	return finish(call, "MPI_Gatherv",
	              MPI_Gatherv(send, bytes, MPI_BYTE, recv, parts.counts,
	                          parts.places, MPI_BYTE, root, world->comm));
}

static cohort_status timed_allgatherv(struct mpi_world *world,
                                      const struct call *call, void *recv,
                                      struct parts parts)
{
	const size_t bytes = parts_bytes(world, parts);
	MPI_Request request;
	void *copy;
	cohort_status status = buffer_lend(call, recv, bytes, &copy);

	if (status != COHORT_OK)
		return status;
	int code =
	    MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_BYTE, copy, parts.counts,
	                    parts.places, MPI_BYTE, world->comm, &request);
	status = await(world, call, "MPI_Iallgatherv", code, request);
	return settle(status, copy, recv, bytes);
}

cohort_status mpi_call_allgatherv(struct mpi_world *world,
                                  const struct call *call, void *recv,
                                  struct parts parts)
{
	if (world->timed)
		return timed_allgatherv(world, call, recv, parts);
	return finish(call, "MPI_Allgatherv",
	              MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_BYTE, recv,
	                             parts.counts, parts.places, MPI_BYTE,
	                             world->comm));
}

static cohort_status timed_allreduce(struct mpi_world *world,
                                     const struct call *call, const void *send,
                                     void *recv, int count)
{
	const cohort_type type = (cohort_type)call->type;
	const size_t bytes = (size_t)count * type_size(type);
	MPI_Request request;
	void *copy;
	cohort_status status =
	    buffer_lend(call, send == MPI_IN_PLACE ? recv : send, bytes, &copy);

	if (status != COHORT_OK)
		return status;
	int code = MPI_Iallreduce(MPI_IN_PLACE, copy, count, ops_type(type),
	                          ops_op((cohort_op)call->op, type),
	                          world->comm, &request);
	status = await(world, call, "MPI_Iallreduce", code, request);
	return settle(status, copy, recv, bytes);
}

cohort_status mpi_call_allreduce(struct mpi_world *world,
                                 const struct call *call, const void *send,
                                 void *recv, int count)
{
	const cohort_type type = (cohort_type)call->type;

	if (world->timed)
		return timed_allreduce(world, call, send, recv, count);
	return finish(call, "MPI_Allreduce",
	              MPI_Allreduce(send, recv, count, ops_type(type),
	                            ops_op((cohort_op)call->op, type),
	                            world->comm));
}

static cohort_status timed_send(struct mpi_world *world,
                                const struct call *call, const void *data,
                                size_t bytes, int to)
{
	MPI_Request request;
	void *copy;
	cohort_status status = buffer_lend(call, data, bytes, &copy);

	if (status != COHORT_OK)
		return status;
	int code = MPI_Isend(copy, (int)bytes, MPI_BYTE, to, TAG_CHUNK,
	                     world->comm, &request);
	status = await(world, call, "MPI_Isend", code, request);
	return settle(status, copy, NULL, bytes);
}

cohort_status mpi_call_send(struct mpi_world *world, const struct call *call,
                            const void *data, int bytes, int to)
{
	if (world->timed)
		return timed_send(world, call, data, (size_t)bytes, to);
	return finish(
	    call, "MPI_Send",
	    MPI_Send(data, bytes, MPI_BYTE, to, TAG_CHUNK, world->comm));
}

static cohort_status timed_recv(struct mpi_world *world,
                                const struct call *call, void *data,
                                size_t bytes, int from)
{
	MPI_Request request;
	void *copy;
	cohort_status status = buffer_lend(call, NULL, bytes, &copy);

	if (status != COHORT_OK)
		return status;
	int code = MPI_Irecv(copy, (int)bytes, MPI_BYTE, from, TAG_CHUNK,
	                     world->comm, &request);
	status = await(world, call, "MPI_Irecv", code, request);
	return settle(status, copy, data, bytes);
}

cohort_status mpi_call_recv(struct mpi_world *world, const struct call *call,
                            void *data, int bytes, int from)
{
	if (world->timed)
		return timed_recv(world, call, data, (size_t)bytes, from);
	return finish(call, "MPI_Recv",
	              MPI_Recv(data, bytes, MPI_BYTE, from, TAG_CHUNK,
	                       world->comm, MPI_STATUS_IGNORE));
}
