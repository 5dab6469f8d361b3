#include "node_ring.h"

#include "calls.h"
#include "node_parts.h"

#include <errno.h>

/* The pieces that a first rank sends or receives, in order: `blocks` blocks,
 * each of which is before the last one, around the ring. An empty block has one
 * piece without bytes, so that a rank never sends a piece in the step in which
 * it receives it. */
struct piece_cursor {
	int block;
	int blocks; /* left, with this one */
	size_t at;
};

static size_t piece_bytes(const struct ring *ring,
                          const struct piece_cursor *cursor)
{
	const size_t left = ring->starts[cursor->block + 1] - cursor->at;

	return left < PART_PIECE_BYTES ? left : (size_t)PART_PIECE_BYTES;
}

static struct piece_cursor first_piece(const struct ring *ring, int block)
{
	return (struct piece_cursor){
	    .block = block,
	    .blocks = ring->blocks - 1,
	    .at = ring->starts[block],
	};
}

static void next_piece(const struct ring *ring, struct piece_cursor *cursor)
{
	cursor->at += piece_bytes(ring, cursor);
	if (cursor->at < ring->starts[cursor->block + 1])
		return;
	cursor->blocks--;
	cursor->block = (cursor->block + ring->blocks - 1) % ring->blocks;
	cursor->at = ring->starts[cursor->block];
}

/* Send and receive a piece, or only one of both at the ends. */
static cohort_status pass_on(const struct ring *ring, struct piece_cursor *sent,
                             struct piece_cursor *received,
                             unsigned char *pieces, int *error)
{
	const MPI_Comm leaders = ring->world->tickets.leaders;
	struct message out = {.data = pieces, .peer = MPI_PROC_NULL};
	struct message in = {.data = pieces + PART_PIECE_BYTES,
	                     .peer = MPI_PROC_NULL};
	int own = 0;

	MPI_Comm_rank(leaders, &own);
	if (sent->blocks > 0) {
		out.peer = (own + 1) % ring->blocks;
		out.bytes = (int)piece_bytes(ring, sent);
		if (!node_memory_read(ring->memory, sent->at, out.data,
		                      (size_t)out.bytes))
			*error = errno;
		next_piece(ring, sent);
	}
	if (received->blocks > 0) {
		in.peer = (own + ring->blocks - 1) % ring->blocks;
		in.bytes = (int)piece_bytes(ring, received);
	}
	cohort_status status = mpi_call_sendrecv_among(ring->world, leaders,
	                                               ring->call, &out, &in);
	if (status == COHORT_OK && received->blocks > 0) {
		if (!node_memory_write(ring->memory, received->at, in.data,
		                       (size_t)in.bytes))
			*error = errno;
		next_piece(ring, received);
	}
	return status;
}

cohort_status node_ring(const struct ring *ring, int *error)
{
	unsigned char *pieces = ring->world->tickets.pieces;
	cohort_status status = COHORT_OK;
	int own = 0;

	*error = 0;
	MPI_Comm_rank(ring->world->tickets.leaders, &own);
	struct piece_cursor sent = first_piece(ring, own);
	struct piece_cursor received =
	    first_piece(ring, (own + ring->blocks - 1) % ring->blocks);
	while (status == COHORT_OK && (sent.blocks > 0 || received.blocks > 0))
		status = pass_on(ring, &sent, &received, pieces, error);
	return status;
}
