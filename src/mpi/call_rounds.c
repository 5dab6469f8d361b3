#include "call_rounds.h"

#include "call_presence.h"
#include "message_tag.h"
#include "mpi_error.h"

/* The rank that is `distance` behind this one, in a circle of all ranks. */
static int rank_before(const struct mpi_world *world, int distance)
{
	const int size = world->base.size;

	return (world->base.rank + size - distance) % size;
}

static int rank_after(const struct mpi_world *world, int distance)
{
	return rank_before(world, world->base.size - distance);
}

static int begin_recv(struct mpi_world *world, int distance,
                      MPI_Request *request)
{
	return MPI_Irecv(&world->exchange.received, sizeof(struct call_record),
	                 MPI_BYTE, rank_before(world, distance), TAG_ROUND,
	                 world->comm, request);
}

static int begin_send(struct mpi_world *world, const struct call_record *record,
                      int distance, MPI_Request *request)
{
	return MPI_Isend(record, sizeof(*record), MPI_BYTE,
	                 rank_after(world, distance), TAG_ROUND, world->comm,
	                 request);
}

static cohort_status one_round(struct mpi_world *world, const struct call *call,
                               int distance)
{
	struct call_exchange *exchange = &world->exchange;
	MPI_Request requests[2] = {MPI_REQUEST_NULL, MPI_REQUEST_NULL};
	int code = begin_recv(world, distance, &requests[0]);

	if (code == MPI_SUCCESS)
		code =
		    begin_send(world, &exchange->sent, distance, &requests[1]);
	if (code != MPI_SUCCESS)
		return mpi_error_report(call, "MPI_Irecv or MPI_Isend", code);
	cohort_status status = presence_wait(world, call, 2, requests);
	if (status == COHORT_OK &&
	    (exchange->received.refused || exchange->received.differs ||
	     !call_matches(&exchange->received.call, &exchange->sent.call)))
		exchange->sent.differs = 1;
	return status;
}

cohort_status rounds_compare(struct mpi_world *world, const struct call *call,
                             bool *differ)
{
	struct call_exchange *exchange = &world->exchange;
	cohort_status status = COHORT_OK;

	exchange->sent = (struct call_record){.call = *call};
	for (int distance = 1;
	     distance < world->base.size && status == COHORT_OK; distance *= 2)
		status = one_round(world, call, distance);
	*differ = exchange->sent.differs != 0;
	return status;
}

void rounds_refuse(struct mpi_world *world, const struct call_record *record)
{
	MPI_Request request;

	for (int distance = 1; distance < world->base.size; distance *= 2)
		if (begin_send(world, record, distance, &request) ==
		    MPI_SUCCESS)
			MPI_Request_free(&request);
}

cohort_status rounds_skip(struct mpi_world *world, const struct call *call)
{
	cohort_status status = COHORT_OK;

	for (int distance = 1;
	     distance < world->base.size && status == COHORT_OK;
	     distance *= 2) {
		MPI_Request request;
		const int code = begin_recv(world, distance, &request);
		status = code == MPI_SUCCESS
		             ? presence_wait(world, call, 1, &request)
		             : mpi_error_report(call, "MPI_Irecv", code);
	}
	return status;
}
