/* To be preloaded: an MPI_Finalize that never returns, on the rank that the variable
 * HANGS names; on all if it names none. If the variable PROBE_HANGS names a rank,
 * instead an MPI_Iprobe that never returns there. */
#define _POSIX_C_SOURCE 200809L
#include <mpi.h>
#include <stdlib.h>
#include <unistd.h>

static int own_rank(void)
{
	int rank;

	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	return rank;
}

static void hang(void)
{
	for (;;)
		pause();
}

int MPI_Finalize(void)
{
	const char *hangs = getenv("HANGS");

	if (getenv("PROBE_HANGS") ||
	    (hangs && strtol(hangs, NULL, 10) != own_rank()))
		return PMPI_Finalize();
	hang();
	return MPI_SUCCESS;
}

int MPI_Iprobe(int from, int tag, MPI_Comm comm, int *flag, MPI_Status *status)
{
	const char *hangs = getenv("PROBE_HANGS");

	if (hangs && strtol(hangs, NULL, 10) == own_rank())
		hang();
	return PMPI_Iprobe(from, tag, comm, flag, status);
}
