/* Preloaded: counts the messages that this process sends from point to point. */
#include <mpi.h>

static unsigned long sends;

unsigned long mpi_count_sends(void);

unsigned long mpi_count_sends(void)
{
	return sends;
}

int MPI_Isend(const void *data, int count, MPI_Datatype type, int to, int tag,
              MPI_Comm comm, MPI_Request *request)
{
	sends++;
	return PMPI_Isend(data, count, type, to, tag, comm, request);
}

int MPI_Send(const void *data, int count, MPI_Datatype type, int to, int tag,
             MPI_Comm comm)
{
	sends++;
	return PMPI_Send(data, count, type, to, tag, comm);
}
