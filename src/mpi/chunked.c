/*
 * A large call becomes several: chunks of CHUNK_BYTES, which keeps what MPI
 * allocates on the side small too. All ranks must cut alike, and none may ask
 * another one first.
 *
 * bcast, allgatherv and allreduce: every rank knows all counts, so they do.
 * An allgatherv is a broadcast from each rank.
 *
 * gatherv: only the root knows all counts; each other rank knows its own. So a
 * rank decides by its own part alone: up to part_bytes it is sent by
 * MPI_Gatherv; a larger one takes part in that with no bytes, and follows in
 * chunks point to point. The root, which knows who does what, receives the
 * same way. part_bytes is such that the parts in the MPI_Gatherv never add up
 * to more than an int; where their places in recv do, they arrive one after
 * another in memory of their own, and are moved.
 * Cost over the plain call: nothing up to part_bytes a rank; above, as any
 * linear gather; beyond INT_MAX in all, one copy of the parts up to
 * part_bytes, and memory for them.
 */
#include "chunked.h"

#include "calls.h"
#include "common/base/error.h"
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

static int chunk_of(size_t bytes)
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
		                        chunk_of(bytes - at), root);
	return status;
}

cohort_status chunked_send(struct mpi_world *world, const struct call *call,
                           const void *send, size_t bytes)
{
	cohort_status status = COHORT_OK;

	for (size_t at = 0; at < bytes && status == COHORT_OK;
	     at += CHUNK_BYTES)
		status = mpi_call_send(world, call, (const char *)send + at,
		                       chunk_of(bytes - at), call->root);
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
		                       chunk_of(bytes - at), from);
	return status;
}

/* Whether rank r's part comes by MPI_Gatherv. The root's own is there, or is
 * copied. */
static bool is_small(const struct mpi_world *world, int r, size_t bytes)
{
	return r != world->base.rank && bytes <= world->part_bytes;
}

/* Fill world->counts and places with the small parts; `direct`: at their
 * places in recv, else one after another. Returns their bytes. */
static size_t lay_out(struct mpi_world *world, const size_t counts[],
                      size_t width, bool direct)
{
	size_t smalls = 0;
	size_t place = 0;

	for (int r = 0; r < world->base.size; r++) {
		const size_t bytes = counts[r] * width;
		const bool small = is_small(world, r, bytes);
		world->counts[r] = small ? (int)bytes : 0;
		world->places[r] = (int)(direct ? place : smalls);
		smalls += small ? bytes : 0;
		place += bytes;
	}
	return smalls;
}

/* From the memory where the small parts arrived to their places. */
static void move_smalls(const struct mpi_world *world, char *recv,
                        const char *arrived, const size_t counts[],
                        size_t width)
{
	for (int r = 0; r < world->base.size; r++) {
		if (world->counts[r] > 0)
			memcpy(recv, arrived + world->places[r],
			       (size_t)world->counts[r]);
		recv += counts[r] * width;
	}
}

static cohort_status gather_smalls(struct mpi_world *world,
                                   const struct call *call, char *recv,
                                   const size_t counts[], size_t width)
{
	const struct parts parts = {world->counts, world->places};
	size_t total = 0;

	for (int r = 0; r < world->base.size; r++)
		total += counts[r] * width;
	const bool direct = total <= CHUNKED_FROM_BYTES;
	const size_t smalls = lay_out(world, counts, width, direct);
	char *apart = !direct && smalls > 0 ? malloc(smalls) : NULL;
	if (!direct && smalls > 0 && !apart)
		return error_sys("cohort_gatherv: malloc of %zu bytes", smalls);
	cohort_status status =
	    mpi_call_gatherv(world, call, MPI_IN_PLACE, 0,
	                     direct ? recv : apart, parts, call->root);
	if (status == COHORT_OK && apart)
		move_smalls(world, recv, apart, counts, width);
	free(apart);
	return status;
}

cohort_status chunked_gatherv(struct mpi_world *world, const struct call *call,
                              const void *send, void *recv,
                              const size_t counts[], size_t width)
{
	char *place = recv;
	cohort_status status = gather_smalls(world, call, recv, counts, width);

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
		    (char *)recv + at, chunk_of(bytes - at) / (int)width);
	return status;
}
