#include "node_gather.h"

#include "calls.h"
#include "node_parts.h"

#include <string.h>

/* The parts of a node on their way to rank 0: the bytes of its ranks, one after
 * another, cut into pieces of PART_PIECE_BYTES. */
struct packed_parts {
	struct mpi_world *world;
	const struct call *call;
	int leader;           /* first rank of the node */
	unsigned char *piece; /* being filled, or read from */
	size_t used;          /* bytes in it */
	size_t read;          /* rank 0: bytes of it that were read */
	size_t left;          /* rank 0: bytes that have not arrived yet */
};

/* Send what is in the piece. */
static cohort_status flush_piece(struct packed_parts *parts)
{
	const size_t used = parts->used;

	parts->used = 0;
	return used > 0 ? mpi_call_send(parts->world, parts->call, parts->piece,
	                                (int)used, 0)
	                : COHORT_OK;
}

static cohort_status pack(struct packed_parts *parts, const unsigned char *data,
                          size_t bytes)
{
	cohort_status status = COHORT_OK;

	for (size_t at = 0; at < bytes && status == COHORT_OK;) {
		const size_t room = PART_PIECE_BYTES - parts->used;
		const size_t taken = bytes - at < room ? bytes - at : room;
		memcpy(parts->piece + parts->used, data + at, taken);
		parts->used += taken;
		at += taken;
		if (parts->used == PART_PIECE_BYTES)
			status = flush_piece(parts);
	}
	return status;
}

/* Take in the part of rank r of this node, and pack it. */
static cohort_status pack_from(struct packed_parts *parts, int r,
                               unsigned char *incoming)
{
	uint64_t bytes = 0;
	cohort_status status =
	    mpi_call_recv(parts->world, parts->call, &bytes, sizeof(bytes), r);

	for (size_t at = 0; at < bytes && status == COHORT_OK;
	     at += PART_PIECE_BYTES) {
		const size_t piece = part_piece((size_t)bytes - at);
		status = mpi_call_recv(parts->world, parts->call, incoming,
		                       (int)piece, r);
		if (status == COHORT_OK)
			status = pack(parts, incoming, piece);
	}
	return status;
}

/* On the first rank of a node that is not rank 0's. */
static cohort_status forward_parts(struct mpi_world *world,
                                   const struct call *call, const void *send,
                                   size_t bytes)
{
	const int *leader_of = world->tickets.leader_of;
	unsigned char *pieces = world->tickets.pieces;
	struct packed_parts parts = {
	    .world = world, .call = call, .piece = pieces};
	cohort_status status = COHORT_OK;

	for (int r = 0; r < world->base.size && status == COHORT_OK; r++) {
		if (r == world->base.rank)
			status = pack(&parts, send, bytes);
		else if (leader_of[r] == world->base.rank)
			status =
			    pack_from(&parts, r, pieces + PART_PIECE_BYTES);
	}
	return status == COHORT_OK ? flush_piece(&parts) : status;
}

/* On rank 0: the next `bytes` bytes of a node. */
static cohort_status unpack(struct packed_parts *parts, unsigned char *recv,
                            size_t bytes)
{
	cohort_status status = COHORT_OK;

	for (size_t at = 0; at < bytes && status == COHORT_OK;) {
		if (parts->read == parts->used) {
			parts->read = 0;
			parts->used = part_piece(parts->left);
			parts->left -= parts->used;
			status = mpi_call_recv(parts->world, parts->call,
			                       parts->piece, (int)parts->used,
			                       parts->leader);
			if (status != COHORT_OK)
				return status;
		}
		const size_t there = parts->used - parts->read;
		const size_t taken = bytes - at < there ? bytes - at : there;
		memcpy(recv + at, parts->piece + parts->read, taken);
		parts->read += taken;
		at += taken;
	}
	return status;
}

/* On rank 0: the parts of the node with this first rank. */
static cohort_status take_in_node(struct packed_parts *parts, const void *send,
                                  unsigned char *recv, const size_t counts[],
                                  size_t width)
{
	struct mpi_world *world = parts->world;
	const int *leader_of = world->tickets.leader_of;
	cohort_status status = COHORT_OK;

	for (int r = 0; r < world->base.size; r++)
		parts->left +=
		    leader_of[r] == parts->leader ? counts[r] * width : 0;
	for (int r = 0; r < world->base.size && status == COHORT_OK; r++) {
		const size_t bytes = counts[r] * width;
		if (r == 0 && parts->leader == 0 && send != recv && bytes > 0)
			memcpy(recv, send, bytes);
		else if (r > 0 && leader_of[r] == 0 && parts->leader == 0)
			status =
			    node_part_recv(world, parts->call, recv, bytes, r);
		else if (r > 0 && leader_of[r] == parts->leader)
			status = unpack(parts, recv, bytes);
		recv += bytes;
	}
	return status;
}

static cohort_status take_in(struct mpi_world *world, const struct call *call,
                             const void *send, void *recv,
                             const size_t counts[], size_t width)
{
	unsigned char *piece = world->tickets.pieces;
	cohort_status status = COHORT_OK;

	for (int r = 0; r < world->base.size && status == COHORT_OK; r++) {
		struct packed_parts parts = {
		    .world = world, .call = call, .leader = r, .piece = piece};
		if (world->tickets.leader_of[r] == r)
			status =
			    take_in_node(&parts, send, recv, counts, width);
	}
	return status;
}

cohort_status node_gather(struct mpi_world *world, const struct call *call,
                          const void *send, void *recv, const size_t counts[],
                          size_t width)
{
	const int rank = world->base.rank;
	const int leader = world->tickets.leader_of[rank];
	uint64_t bytes = call->count * width;

	if (rank == 0)
		return take_in(world, call, send, recv, counts, width);
	if (rank == leader)
		return forward_parts(world, call, send, (size_t)bytes);
	cohort_status status = COHORT_OK;
	if (leader > 0) /* rank 0 knows how many bytes there are */
		status =
		    mpi_call_send(world, call, &bytes, sizeof(bytes), leader);
	return status == COHORT_OK
	           ? node_part_send(world, call, send, (size_t)bytes, leader)
	           : status;
}
