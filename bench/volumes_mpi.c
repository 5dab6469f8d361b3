/* Preloaded by volumes.sh: counts what this process gives to MPI and gets from
 * it in the calls that cohort's collectives make. What MPI itself sends for a
 * collective call is the MPI's, and is not counted. */
#include "volumes.h"

#include "mpi/message_tag.h"

#include <mpi.h>
#include <stdio.h>

static struct volumes counted;

struct volumes volumes_counted(void)
{
	return counted;
}

static uint64_t bytes_of(int count, MPI_Datatype type)
{
	int size = 0;

	PMPI_Type_size(type, &size);
	return (uint64_t)count * (uint64_t)size;
}

static int rank_in(MPI_Comm comm)
{
	int rank = 0;

	PMPI_Comm_rank(comm, &rank);
	return rank;
}

static void count(uint64_t sent, uint64_t received)
{
	counted.calls++;
	counted.sent += sent;
	counted.received += received;
}

static void count_message(int tag, uint64_t bytes)
{
	static const int tags[VOLUMES_KINDS] = {TAG_TICKETS, TAG_RESULT,
	                                        TAG_RESULT_ACK, TAG_PRESENT};

	for (int i = 0; i < VOLUMES_KINDS; i++)
		if (tag == tags[i]) {
			counted.kinds[i].messages++;
			counted.kinds[i].bytes += bytes;
		}
	count(bytes, 0);
}

void volumes_alone(double (*memory)(void))
{
	int rank = 0;
	int provided;

	PMPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
	PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
	PMPI_Barrier(MPI_COMM_WORLD);
	double kib = memory();
	/* No rank ends before all have looked. */
	PMPI_Allreduce(MPI_IN_PLACE, &kib, 1, MPI_DOUBLE, MPI_SUM,
	               MPI_COMM_WORLD);
	if (rank == 0)
		printf("alone %.0f\n", kib);
	fflush(stdout);
	PMPI_Finalize();
}

static uint64_t sum_of_others(const int counts[], MPI_Datatype type,
                              MPI_Comm comm)
{
	const int own = rank_in(comm);
	uint64_t bytes = 0;
	int size = 0;

	PMPI_Comm_size(comm, &size);
	for (int r = 0; r < size; r++)
		bytes += r == own ? 0 : bytes_of(counts[r], type);
	return bytes;
}

int MPI_Isend(const void *data, int n, MPI_Datatype type, int to, int tag,
              MPI_Comm comm, MPI_Request *request)
{
	count_message(tag, bytes_of(n, type));
	return PMPI_Isend(data, n, type, to, tag, comm, request);
}

int MPI_Issend(const void *data, int n, MPI_Datatype type, int to, int tag,
               MPI_Comm comm, MPI_Request *request)
{
	count_message(tag, bytes_of(n, type));
	return PMPI_Issend(data, n, type, to, tag, comm, request);
}

int MPI_Irecv(void *data, int n, MPI_Datatype type, int from, int tag,
              MPI_Comm comm, MPI_Request *request)
{
	count(0, bytes_of(n, type));
	return PMPI_Irecv(data, n, type, from, tag, comm, request);
}

int MPI_Send(const void *data, int n, MPI_Datatype type, int to, int tag,
             MPI_Comm comm)
{
	count_message(tag, bytes_of(n, type));
	return PMPI_Send(data, n, type, to, tag, comm);
}

int MPI_Recv(void *data, int n, MPI_Datatype type, int from, int tag,
             MPI_Comm comm, MPI_Status *status)
{
	count(0, bytes_of(n, type));
	return PMPI_Recv(data, n, type, from, tag, comm, status);
}

int MPI_Sendrecv(const void *sent, int sent_n, MPI_Datatype sent_type, int to,
                 int sent_tag, void *received, int n, MPI_Datatype type,
                 int from, int tag, MPI_Comm comm, MPI_Status *status)
{
	count(to == MPI_PROC_NULL ? 0 : bytes_of(sent_n, sent_type),
	      from == MPI_PROC_NULL ? 0 : bytes_of(n, type));
	return PMPI_Sendrecv(sent, sent_n, sent_type, to, sent_tag, received, n,
	                     type, from, tag, comm, status);
}

int MPI_Bcast(void *data, int n, MPI_Datatype type, int root, MPI_Comm comm)
{
	const uint64_t bytes = bytes_of(n, type);
	const bool sends = rank_in(comm) == root;

	count(sends ? bytes : 0, sends ? 0 : bytes);
	return PMPI_Bcast(data, n, type, root, comm);
}

int MPI_Gatherv(const void *send, int n, MPI_Datatype type, void *recv,
                const int counts[], const int displacements[],
                MPI_Datatype recv_type, int root, MPI_Comm comm)
{
	if (rank_in(comm) == root)
		count(0, sum_of_others(counts, recv_type, comm));
	else
		count(bytes_of(n, type), 0);
	return PMPI_Gatherv(send, n, type, recv, counts, displacements,
	                    recv_type, root, comm);
}

int MPI_Allgatherv(const void *send, int n, MPI_Datatype type, void *recv,
                   const int counts[], const int displacements[],
                   MPI_Datatype recv_type, MPI_Comm comm)
{
	count(bytes_of(counts[rank_in(comm)], recv_type),
	      sum_of_others(counts, recv_type, comm));
	return PMPI_Allgatherv(send, n, type, recv, counts, displacements,
	                       recv_type, comm);
}

int MPI_Allreduce(const void *send, void *recv, int n, MPI_Datatype type,
                  MPI_Op op, MPI_Comm comm)
{
	count(bytes_of(n, type), bytes_of(n, type));
	return PMPI_Allreduce(send, recv, n, type, op, comm);
}
