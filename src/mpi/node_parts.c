#include "node_parts.h"

#include "calls.h"

cohort_status node_part_send(struct mpi_world *world, const struct call *call,
                             const unsigned char *data, size_t bytes, int to)
{
	cohort_status status = COHORT_OK;

	for (size_t at = 0; at < bytes && status == COHORT_OK;
	     at += PART_PIECE_BYTES)
		status = mpi_call_send(world, call, data + at,
		                       (int)part_piece(bytes - at), to);
	return status;
}

cohort_status node_part_recv(struct mpi_world *world, const struct call *call,
                             unsigned char *data, size_t bytes, int from)
{
	cohort_status status = COHORT_OK;

	for (size_t at = 0; at < bytes && status == COHORT_OK;
	     at += PART_PIECE_BYTES)
		status = mpi_call_recv(world, call, data + at,
		                       (int)part_piece(bytes - at), from);
	return status;
}

cohort_status node_part_bcast(struct mpi_world *world, const struct call *call,
                              unsigned char *data, size_t bytes)
{
	const struct tickets *tickets = &world->tickets;
	cohort_status status = COHORT_OK;

	for (size_t at = 0; at < bytes && status == COHORT_OK;
	     at += PART_PIECE_BYTES)
		status = mpi_call_bcast_among(
		    world, tickets->node, call, data + at,
		    (int)part_piece(bytes - at), tickets->node_rank == 0);
	return status;
}
