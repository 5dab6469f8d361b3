#include "steps.h"

#include "ops.h"
#include "report.h"
#include "wait.h"

enum { PART_TAG = 1 };

/* What became of an MPI call that blocked, or of one that has only begun. */
static inline cohort_status finish(const struct call *call,
                                   const char *function, int code)
{
	return code == MPI_SUCCESS ? COHORT_OK
	                           : report_failure(call, function, code);
}

static cohort_status await(struct mpi_world *world, const struct call *call,
                           const char *function, int code, MPI_Request request)
{
	if (code != MPI_SUCCESS)
		return report_failure(call, function, code);
	return wait_all(world, call, function, 1, &request);
}

cohort_status step_barrier(struct mpi_world *world, const struct call *call)
{
	MPI_Request request;

	if (!world->timed)
		return finish(call, "MPI_Barrier", MPI_Barrier(world->comm));
	int code = MPI_Ibarrier(world->comm, &request);
	return await(world, call, "MPI_Ibarrier", code, request);
}

cohort_status step_bcast(struct mpi_world *world, const struct call *call,
                         void *data, int bytes, int root)
{
	MPI_Request request;

	if (!world->timed)
		return finish(
		    call, "MPI_Bcast",
		    MPI_Bcast(data, bytes, MPI_BYTE, root, world->comm));
	int code =
	    MPI_Ibcast(data, bytes, MPI_BYTE, root, world->comm, &request);
	return await(world, call, "MPI_Ibcast", code, request);
}

cohort_status step_gatherv(struct mpi_world *world, const struct call *call,
                           const void *send, int bytes, void *recv,
                           struct parts parts, int root)
{
	MPI_Request request;

	if (!world->timed)
		return finish(call, "MPI_Gatherv",
		              MPI_Gatherv(send, bytes, MPI_BYTE, recv,
		                          parts.counts, parts.places, MPI_BYTE,
		                          root, world->comm));
	int code =
	    MPI_Igatherv(send, bytes, MPI_BYTE, recv, parts.counts,
	                 parts.places, MPI_BYTE, root, world->comm, &request);
	return await(world, call, "MPI_Igatherv", code, request);
}

cohort_status step_allgatherv(struct mpi_world *world, const struct call *call,
                              void *recv, struct parts parts)
{
	MPI_Request request;

	if (!world->timed)
		return finish(call, "MPI_Allgatherv",
		              MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_BYTE, recv,
		                             parts.counts, parts.places,
		                             MPI_BYTE, world->comm));
	int code =
	    MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_BYTE, recv, parts.counts,
	                    parts.places, MPI_BYTE, world->comm, &request);
	return await(world, call, "MPI_Iallgatherv", code, request);
}

cohort_status step_allreduce(struct mpi_world *world, const struct call *call,
                             const void *send, void *recv, int count)
{
	const cohort_type type = (cohort_type)call->type;
	const MPI_Op op = ops_op((cohort_op)call->op, type);
	MPI_Request request;

	if (!world->timed)
		return finish(call, "MPI_Allreduce",
		              MPI_Allreduce(send, recv, count, ops_type(type),
		                            op, world->comm));
	int code = MPI_Iallreduce(send, recv, count, ops_type(type), op,
	                          world->comm, &request);
	return await(world, call, "MPI_Iallreduce", code, request);
}

cohort_status step_send(struct mpi_world *world, const struct call *call,
                        const void *data, int bytes, int to)
{
	MPI_Request request;

	if (!world->timed)
		return finish(
		    call, "MPI_Send",
		    MPI_Send(data, bytes, MPI_BYTE, to, PART_TAG, world->comm));
	int code = MPI_Isend(data, bytes, MPI_BYTE, to, PART_TAG, world->comm,
	                     &request);
	return await(world, call, "MPI_Isend", code, request);
}

cohort_status step_recv(struct mpi_world *world, const struct call *call,
                        void *data, int bytes, int from)
{
	MPI_Request request;

	if (!world->timed)
		return finish(call, "MPI_Recv",
		              MPI_Recv(data, bytes, MPI_BYTE, from, PART_TAG,
		                       world->comm, MPI_STATUS_IGNORE));
	int code = MPI_Irecv(data, bytes, MPI_BYTE, from, PART_TAG, world->comm,
	                     &request);
	return await(world, call, "MPI_Irecv", code, request);
}
