/* The calls over raw MPI, as a program without cohort would make them. Errors
 * are MPI's to handle: by default they end the job. */
#include "transport.h"

#include <mpi.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int *counts;
static int *places;

static void about(char text[ABOUT_BYTES])
{
	char version[MPI_MAX_LIBRARY_VERSION_STRING];
	int length;

	MPI_Get_library_version(version, &length);
	/* "Open MPI v4.1.4, package: ..." or "MPICH Version:\t4.0.2\n..." */
	version[strcspn(version, ",\n")] = '\0';
	for (char *c = version; *c; c++)
		if (*c == '\t')
			*c = ' ';
	snprintf(text, ABOUT_BYTES, "%.100s", version);
}

static void open_mpi(void)
{
	MPI_Init(NULL, NULL);
}

static void close_mpi(void)
{
	free(counts);
	free(places);
	counts = NULL;
	places = NULL;
	MPI_Finalize();
}

static _Noreturn void abort_mpi(void)
{
	MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
	abort();
}

static int rank(void)
{
	int number;

	MPI_Comm_rank(MPI_COMM_WORLD, &number);
	return number;
}

static int size(void)
{
	int number;

	MPI_Comm_size(MPI_COMM_WORLD, &number);
	return number;
}

static void *alloc(size_t bytes)
{
	void *memory = NULL;

	return MPI_Alloc_mem((MPI_Aint)bytes, MPI_INFO_NULL, &memory) ==
	               MPI_SUCCESS
	           ? memory
	           : NULL;
}

static void release(void *memory)
{
	MPI_Free_mem(memory);
}

static void plan(size_t count)
{
	const size_t ranks = (size_t)size();

	if (!counts)
		counts = malloc(ranks * sizeof(*counts));
	if (!places)
		places = malloc(ranks * sizeof(*places));
	if (!counts || !places)
		abort_mpi();
	for (size_t r = 0; r < ranks; r++) {
		counts[r] = (int)count;
		places[r] = (int)(r * count);
	}
}

static void barrier(void)
{
	MPI_Barrier(MPI_COMM_WORLD);
}

static void bcast(double *data, size_t count, int root)
{
	MPI_Bcast(data, (int)count, MPI_DOUBLE, root, MPI_COMM_WORLD);
}

static void gatherv(const double *send, size_t count, double *recv, int root)
{
	MPI_Gatherv(send, (int)count, MPI_DOUBLE, recv, counts, places,
	            MPI_DOUBLE, root, MPI_COMM_WORLD);
}

static void allgatherv(const double *send, size_t count, double *recv)
{
	MPI_Allgatherv(send, (int)count, MPI_DOUBLE, recv, counts, places,
	               MPI_DOUBLE, MPI_COMM_WORLD);
}

static void allreduce(const double *send, double *recv, size_t count)
{
	MPI_Allreduce(send, recv, (int)count, MPI_DOUBLE, MPI_SUM,
	              MPI_COMM_WORLD);
}

static void largest(double *values, size_t count)
{
	MPI_Allreduce(MPI_IN_PLACE, values, (int)count, MPI_DOUBLE, MPI_MAX,
	              MPI_COMM_WORLD);
}

const struct transport transport = {
    .about = about,
    .open = open_mpi,
    .close = close_mpi,
    .abort = abort_mpi,
    .rank = rank,
    .size = size,
    .alloc = alloc,
    .free = release,
    .plan = plan,
    .barrier = barrier,
    .bcast = bcast,
    .gatherv = gatherv,
    .allgatherv = allgatherv,
    .allreduce = allreduce,
    .largest = largest,
};
