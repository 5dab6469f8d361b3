/* To be preloaded: an MPI_Finalize that never returns, on the rank that the variable
 * HANGS names; on all if it names none. */
#define _POSIX_C_SOURCE 200809L
#include <mpi.h>
#include <stdlib.h>
#include <unistd.h>

int MPI_Finalize(void)
{
	const char *hangs = getenv("HANGS");
	int rank;

	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	if (hangs && strtol(hangs, NULL, 10) != rank)
		return PMPI_Finalize();
	for (;;)
		pause();
}
