/*
 * Every function has the same three steps: copy_in puts a copy in the place of
 * each buffer, one call of MPI is made or begun, and copy_out after `complete`
 * brings the data back. In a group without timeouts only the call of MPI is
 * left: the other steps test world->timed and do nothing.
 */
#include "calls.h"

#include "abandoned_buffers.h"
#include "common/base/type.h"
#include "message_tag.h"
#include "mpi_error.h"
#include "mpi_types.h"
#include "mpi_wait.h"

/* `function` of MPI has returned `code`. If it was nonblocking, wait for its
 * end. */
static inline cohort_status complete(struct mpi_world *world,
                                     const struct call *call,
                                     const char *function, int code,
                                     MPI_Request *request)
{
	if (code != MPI_SUCCESS)
		return mpi_error_report(call, function, code);
	return world->timed ? wait_all(world, call, function, 1, request)
	                    : COHORT_OK;
}

/* With a timeout, let *buffer be a copy of the bytes at `from`. */
static inline cohort_status copy_in(const struct mpi_world *world,
                                    const struct call *call, const void *from,
                                    size_t bytes, void **buffer)
{
	return world->timed ? buffer_copy_in(call, from, bytes, buffer)
	                    : COHORT_OK;
}

/* With a timeout, copy the result of a successful call from `buffer` to `to`.
 * After any other call MPI keeps `buffer`. Returns `status`. */
static inline cohort_status copy_out(const struct mpi_world *world,
                                     cohort_status status, void *buffer,
                                     void *to, size_t bytes)
{
	if (world->timed && status == COHORT_OK)
		buffer_copy_out(buffer, to, bytes);
	return status;
}

cohort_status mpi_call_barrier(struct mpi_world *world, const struct call *call)
{
	MPI_Request request;

	const int code = world->timed ? MPI_Ibarrier(world->comm, &request)
	                              : MPI_Barrier(world->comm);
	return complete(world, call, "MPI_Barrier", code, &request);
}

/* Broadcast over `comm`, from the rank that `is_root`. */
static inline cohort_status bcast_over(struct mpi_world *world, MPI_Comm comm,
                                       const struct call *call, void *data,
                                       int bytes, int root, bool is_root)
{
	void *buffer = data;
	MPI_Request request;
	cohort_status status =
	    copy_in(world, call, is_root ? data : NULL, (size_t)bytes, &buffer);

	if (status != COHORT_OK)
		return status;
	const int code =
	    world->timed
	        ? MPI_Ibcast(buffer, bytes, MPI_BYTE, root, comm, &request)
	        : MPI_Bcast(buffer, bytes, MPI_BYTE, root, comm);
	status = complete(world, call, "MPI_Bcast", code, &request);
	return copy_out(world, status, buffer, is_root ? NULL : data,
	                (size_t)bytes);
}

cohort_status mpi_call_bcast(struct mpi_world *world, const struct call *call,
                             void *data, int bytes, int root)
{
	return bcast_over(world, world->comm, call, data, bytes, root,
	                  world->base.rank == root);
}

cohort_status mpi_call_bcast_among(struct mpi_world *world, MPI_Comm comm,
                                   const struct call *call, void *data,
                                   int bytes, bool is_first)
{
	return bcast_over(world, comm, call, data, bytes, 0, is_first);
}

cohort_status mpi_call_least_among(struct mpi_world *world, MPI_Comm comm,
                                   const struct call *call, int *value)
{
	void *buffer = value;
	MPI_Request request;
	cohort_status status =
	    copy_in(world, call, value, sizeof(*value), &buffer);

	if (status != COHORT_OK)
		return status;
	const int code = world->timed
	                     ? MPI_Iallreduce(MPI_IN_PLACE, buffer, 1, MPI_INT,
	                                      MPI_MIN, comm, &request)
	                     : MPI_Allreduce(MPI_IN_PLACE, buffer, 1, MPI_INT,
	                                     MPI_MIN, comm);
	status = complete(world, call, "MPI_Allreduce", code, &request);
	return copy_out(world, status, buffer, value, sizeof(*value));
}

/* From the first byte of all parts to the last one; 0 off the root, and in
 * groups without timeouts, which do not copy. */
static inline size_t layout_bytes(const struct mpi_world *world,
                                  struct byte_layout layout)
{
	size_t bytes = 0;

	if (!world->timed || !layout.counts)
		return 0;
	for (int r = 0; r < world->base.size; r++) {
		const size_t end =
		    (size_t)layout.displacements[r] + (size_t)layout.counts[r];
		bytes = end > bytes ? end : bytes;
	}
	return bytes;
}

/* With a timeout, there are two copies. The copy of `recv` includes the gaps
 * between the parts, which then keep their contents. */
cohort_status mpi_call_gatherv(struct mpi_world *world, const struct call *call,
                               const void *send, int bytes, void *recv,
                               struct byte_layout layout, int root)
{
	const bool sends = send != MPI_IN_PLACE && send != NULL;
	const size_t received = layout_bytes(world, layout);
	void *into = recv;
	void *copy = NULL;
	MPI_Request request;
	cohort_status status = copy_in(world, call, recv, received, &into);

	if (status == COHORT_OK && sends)
		status = copy_in(world, call, send, (size_t)bytes, &copy);
	if (status != COHORT_OK) {
		if (into != recv)
			buffer_copy_out(into, NULL, 0);
		return status;
	}
	const void *from = copy ? copy : send;
	const int code =
	    world->timed ? MPI_Igatherv(from, bytes, MPI_BYTE, into,
	                                layout.counts, layout.displacements,
	                                MPI_BYTE, root, world->comm, &request)
	                 : MPI_Gatherv(from, bytes, MPI_BYTE, into,
	                               layout.counts, layout.displacements,
	                               MPI_BYTE, root, world->comm);
	status = complete(world, call, "MPI_Gatherv", code, &request);
	copy_out(world, status, copy, NULL, 0);
	return copy_out(world, status, into, recv, received);
}

cohort_status mpi_call_allgatherv(struct mpi_world *world,
                                  const struct call *call, void *recv,
                                  struct byte_layout layout)
{
	const size_t bytes = layout_bytes(world, layout);
	void *buffer = recv;
	MPI_Request request;
	cohort_status status = copy_in(world, call, recv, bytes, &buffer);

	if (status != COHORT_OK)
		return status;
	const int code =
	    world->timed ? MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_BYTE, buffer,
	                                   layout.counts, layout.displacements,
	                                   MPI_BYTE, world->comm, &request)
	                 : MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_BYTE, buffer,
	                                  layout.counts, layout.displacements,
	                                  MPI_BYTE, world->comm);
	status = complete(world, call, "MPI_Allgatherv", code, &request);
	return copy_out(world, status, buffer, recv, bytes);
}

/* The copy is reduced in place, whatever `send` is. */
cohort_status mpi_call_allreduce(struct mpi_world *world,
                                 const struct call *call, const void *send,
                                 void *recv, int count)
{
	const cohort_type type = (cohort_type)call->type;
	const MPI_Datatype handle = mpi_type_handle(type);
	const MPI_Op op = mpi_op_handle((cohort_op)call->op, type);
	const size_t bytes = world->timed ? (size_t)count * type_size(type) : 0;
	void *buffer = recv;
	MPI_Request request;
	cohort_status status = copy_in(
	    world, call, send == MPI_IN_PLACE ? recv : send, bytes, &buffer);

	if (status != COHORT_OK)
		return status;
	const int code =
	    world->timed
	        ? MPI_Iallreduce(MPI_IN_PLACE, buffer, count, handle, op,
	                         world->comm, &request)
	        : MPI_Allreduce(send, buffer, count, handle, op, world->comm);
	status = complete(world, call, "MPI_Allreduce", code, &request);
	return copy_out(world, status, buffer, recv, bytes);
}

/* Begin both and wait for them. */
static cohort_status sendrecv_until(struct mpi_world *world, MPI_Comm comm,
                                    const struct call *call,
                                    const struct message *out,
                                    const struct message *in)
{
	static const char function[] = "MPI_Sendrecv";
	MPI_Request requests[2];

	int code = MPI_Irecv(in->data, in->bytes, MPI_BYTE, in->peer, TAG_CHUNK,
	                     comm, &requests[0]);
	if (code == MPI_SUCCESS)
		code = MPI_Isend(out->data, out->bytes, MPI_BYTE, out->peer,
		                 TAG_CHUNK, comm, &requests[1]);
	return code == MPI_SUCCESS
	           ? wait_all(world, call, function, 2, requests)
	           : mpi_error_report(call, function, code);
}

cohort_status mpi_call_sendrecv_among(struct mpi_world *world, MPI_Comm comm,
                                      const struct call *call,
                                      const struct message *out,
                                      const struct message *in)
{
	struct message sent = *out;
	struct message received = *in;
	MPI_Request none;
	cohort_status status = COHORT_OK;

	if (!world->timed)
		return complete(
		    world, call, "MPI_Sendrecv",
		    MPI_Sendrecv(out->data, out->bytes, MPI_BYTE, out->peer,
		                 TAG_CHUNK, in->data, in->bytes, MPI_BYTE,
		                 in->peer, TAG_CHUNK, comm, MPI_STATUS_IGNORE),
		    &none);
	if ((status = buffer_copy_in(call, out->data, (size_t)out->bytes,
	                             &sent.data)))
		return status;
	if ((status = buffer_copy_in(call, NULL, (size_t)in->bytes,
	                             &received.data))) {
		buffer_copy_out(sent.data, NULL, 0);
		return status;
	}
	status = sendrecv_until(world, comm, call, &sent, &received);
	copy_out(world, status, sent.data, NULL, 0);
	return copy_out(world, status, received.data, in->data,
	                (size_t)in->bytes);
}

cohort_status mpi_call_send(struct mpi_world *world, const struct call *call,
                            const void *data, int bytes, int to)
{
	void *copy = NULL;
	MPI_Request request;
	cohort_status status = copy_in(world, call, data, (size_t)bytes, &copy);

	if (status != COHORT_OK)
		return status;
	const int code =
	    world->timed
	        ? MPI_Isend(copy, bytes, MPI_BYTE, to, TAG_CHUNK, world->comm,
	                    &request)
	        : MPI_Send(data, bytes, MPI_BYTE, to, TAG_CHUNK, world->comm);
	status = complete(world, call, "MPI_Send", code, &request);
	return copy_out(world, status, copy, NULL, 0);
}

cohort_status mpi_call_recv(struct mpi_world *world, const struct call *call,
                            void *data, int bytes, int from)
{
	void *buffer = data;
	MPI_Request request;
	cohort_status status =
	    copy_in(world, call, NULL, (size_t)bytes, &buffer);

	if (status != COHORT_OK)
		return status;
	const int code =
	    world->timed ? MPI_Irecv(buffer, bytes, MPI_BYTE, from, TAG_CHUNK,
	                             world->comm, &request)
	                 : MPI_Recv(buffer, bytes, MPI_BYTE, from, TAG_CHUNK,
	                            world->comm, MPI_STATUS_IGNORE);
	status = complete(world, call, "MPI_Recv", code, &request);
	return copy_out(world, status, buffer, data, (size_t)bytes);
}
