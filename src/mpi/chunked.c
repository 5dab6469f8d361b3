/*
 * A large call is cut into chunks of CHUNK_BYTES, so that the memory which MPI
 * allocates for a call stays small, too. All ranks must cut in the same way,
 * and no rank can ask another one about it.
 *
 * bcast, allgatherv and allreduce: every rank knows all counts, so all ranks
 * cut in the same way. An allgatherv is a broadcast from each rank.
 *
 * gatherv: the root knows all counts, any other rank only its own. So each rank
 * decides by the size of its own part. A part of at most part_bytes travels in
 * one MPI_Gatherv of all ranks; a rank with a larger part joins that
 * MPI_Gatherv with 0 bytes, and then sends its part in chunks. The root
 * receives in the same way. part_bytes is chosen so that the sum of all parts
 * in the MPI_Gatherv fits an int. If their displacements in recv do not, the
 * parts arrive packed at its end, and the root moves them; if its own part is
 * in recv already, they arrive in a temporary buffer. Cost compared with
 * MPI_Gatherv: none for parts up to part_bytes; larger parts as in any linear
 * gather; if all parts together exceed INT_MAX, one copy of the parts up to
 * part_bytes, and in place memory for them.
 */
#include "chunked.h"

#include "calls.h"
#include "common/base/error.h"
#include "common/base/plural.h"
#include "common/base/type.h"

#include <stdlib.h>
#include <string.h>

#define SMALLER(a, b) ((a) < (b) ? (a) : (b))

enum {
	CHUNK_BYTES = SMALLER(1 << 28, CHUNKED_FROM_BYTES / 8 * 8),
	PART_BYTES = 1 << 24,
};

size_t chunked_part_bytes(int size)
{
	return (size_t)SMALLER(PART_BYTES, CHUNKED_FROM_BYTES / size);
}

static int next_chunk_bytes(size_t bytes)
{
	return (int)SMALLER(bytes, (size_t)CHUNK_BYTES);
}

cohort_status chunked_bcast(struct mpi_world *world, const struct call *call,
                            void *data, size_t bytes, int root)
{
	cohort_status status = COHORT_OK;

	for (size_t at = 0; at < bytes && status == COHORT_OK;
	     at += CHUNK_BYTES)
		status = mpi_call_bcast(world, call, (char *)data + at,
		                        next_chunk_bytes(bytes - at), root);
	return status;
}

cohort_status chunked_send(struct mpi_world *world, const struct call *call,
                           const void *send, size_t bytes)
{
	cohort_status status = COHORT_OK;

	for (size_t at = 0; at < bytes && status == COHORT_OK;
	     at += CHUNK_BYTES)
		status =
		    mpi_call_send(world, call, (const char *)send + at,
		                  next_chunk_bytes(bytes - at), call->root);
	return status;
}

static cohort_status chunked_recv(struct mpi_world *world,
                                  const struct call *call, void *recv,
                                  size_t bytes, int from)
{
	cohort_status status = COHORT_OK;

	for (size_t at = 0; at < bytes && status == COHORT_OK;
	     at += CHUNK_BYTES)
		status = mpi_call_recv(world, call, (char *)recv + at,
		                       next_chunk_bytes(bytes - at), from);
	return status;
}

/* Whether the part of rank r travels in the MPI_Gatherv. The root copies its
 * own. */
static bool is_small(const struct mpi_world *world, int r, size_t bytes)
{
	return r != world->base.rank && bytes <= world->part_bytes;
}

/* Where the small parts arrive. */
enum small_parts { IN_RECV, AT_END, PACKED };

/* Fill world->counts and world->displacements with the small parts; returns the
 * sum of their bytes. */
static size_t lay_out_small_parts(struct mpi_world *world,
                                  const size_t counts[], size_t width,
                                  enum small_parts where)
{
	size_t smalls = 0;
	size_t place = 0;

	for (int r = 0; r < world->base.size; r++) {
		const size_t bytes = counts[r] * width;
		const bool small = is_small(world, r, bytes);
		world->counts[r] = small ? (int)bytes : 0;
		world->displacements[r] =
		    (int)(where == IN_RECV ? place : smalls);
		smalls += small ? bytes : 0;
		place += bytes;
	}
	return smalls;
}

/* Copy the small parts from where they are packed to recv. At its end none lies
 * before its place, so no copy overwrites parts that are still to be copied. */
static void unpack_small_parts(const struct mpi_world *world, char *recv,
                               const char *packed, const size_t counts[],
                               size_t width)
{
	for (int r = 0; r < world->base.size; r++) {
		if (world->counts[r] > 0)
			memmove(recv, packed + world->displacements[r],
			        (size_t)world->counts[r]);
		recv += counts[r] * width;
	}
}

static cohort_status gather_small_parts(struct mpi_world *world,
                                        const struct call *call, char *recv,
                                        const size_t counts[], size_t width,
                                        bool in_place)
{
	const struct byte_layout layout = {world->counts, world->displacements};
	size_t total = 0;

	for (int r = 0; r < world->base.size; r++)
		total += counts[r] * width;
	const enum small_parts where = total <= CHUNKED_FROM_BYTES ? IN_RECV
	                               : in_place                  ? PACKED
	                                                           : AT_END;
	const size_t smalls = lay_out_small_parts(world, counts, width, where);
	char *packed = where == PACKED && smalls > 0 ? malloc(smalls) : NULL;
	if (where == PACKED && smalls > 0 && !packed)
		return error_sys("%s: malloc of %zu byte%s",
		                 call_function(call), smalls, plural(smalls));
	char *into = where == IN_RECV  ? recv
	             : where == AT_END ? recv + (total - smalls)
	                               : packed;
	cohort_status status = mpi_call_gatherv(world, call, MPI_IN_PLACE, 0,
	                                        into, layout, call->root);
	if (status == COHORT_OK && where != IN_RECV)
		unpack_small_parts(world, recv, into, counts, width);
	free(packed);
	return status;
}

cohort_status chunked_gatherv(struct mpi_world *world, const struct call *call,
                              const void *send, void *recv,
                              const size_t counts[], size_t width)
{
	char *place = recv;

	for (int r = 0; r < world->base.rank; r++)
		place += counts[r] * width;
	cohort_status status =
	    gather_small_parts(world, call, recv, counts, width, send == place);
	place = recv;
	for (int r = 0; r < world->base.size && status == COHORT_OK; r++) {
		const size_t bytes = counts[r] * width;
		if (r == world->base.rank && send != place && bytes > 0)
			memcpy(place, send, bytes);
		else if (r != world->base.rank && !is_small(world, r, bytes))
			status = chunked_recv(world, call, place, bytes, r);
		place += bytes;
	}
	return status;
}

cohort_status chunked_allgatherv(struct mpi_world *world,
                                 const struct call *call, void *recv,
                                 const size_t counts[], size_t width)
{
	char *place = recv;
	cohort_status status = COHORT_OK;

	for (int r = 0; r < world->base.size && status == COHORT_OK; r++) {
		status =
		    chunked_bcast(world, call, place, counts[r] * width, r);
		place += counts[r] * width;
	}
	return status;
}

cohort_status chunked_allreduce(struct mpi_world *world,
                                const struct call *call, const void *send,
                                void *recv)
{
	const size_t width = type_size((cohort_type)call->type);
	const size_t bytes = (size_t)call->count * width;
	const bool in_place = send == recv;
	cohort_status status = COHORT_OK;

	for (size_t at = 0; at < bytes && status == COHORT_OK;
	     at += CHUNK_BYTES)
		status = mpi_call_allreduce(
		    world, call,
		    in_place ? MPI_IN_PLACE : (const char *)send + at,
		    (char *)recv + at,
		    next_chunk_bytes(bytes - at) / (int)width);
	return status;
}
