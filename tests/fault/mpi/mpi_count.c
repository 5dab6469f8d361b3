/*
 * Preloaded: counts the messages that this process sends and receives from point to
 * point, and the requests of MPI that it has not completed.
 *
 * The variable LATE_STOP makes a stop late: when the first rank of a node has told rank
 * 0 that its ranks have left a sweep, and rank 0 has answered, but before the rank hears
 * the answer, the function is called that mpi_count_stop_by names.
 */
#include "mpi/message_tag.h"
#include "mpi/ticket_message.h"

#include <mpi.h>
#include <stdbool.h>
#include <stdlib.h>

static unsigned long sends;
static unsigned long reports;
static unsigned long receipts;
static long requests;
static void (*stop)(void);
static bool has_left; /* and no answer has come */

unsigned long mpi_count_sends(void);
unsigned long mpi_count_reports(void);
unsigned long mpi_count_receipts(void);
long mpi_count_requests(void);
void mpi_count_stop_by(void (*function)(void));

unsigned long mpi_count_sends(void)
{
	return sends;
}

unsigned long mpi_count_reports(void)
{
	return reports;
}

unsigned long mpi_count_receipts(void)
{
	return receipts;
}

long mpi_count_requests(void)
{
	return requests;
}

void mpi_count_stop_by(void (*function)(void))
{
	stop = function;
}

static void count_begun(const MPI_Request *request)
{
	requests += *request != MPI_REQUEST_NULL;
}

static void count_ended(MPI_Request before, const MPI_Request *request)
{
	requests -= before != MPI_REQUEST_NULL && *request == MPI_REQUEST_NULL;
}

static void count_send(const void *data, int to, int tag)
{
	const struct node_report *report = data;

	sends++;
	if (tag != TAG_TICKETS || to != 0)
		return;
	reports++;
	has_left = report->left;
}

int MPI_Isend(const void *data, int count, MPI_Datatype type, int to, int tag,
              MPI_Comm comm, MPI_Request *request)
{
	const int code = PMPI_Isend(data, count, type, to, tag, comm, request);

	count_send(data, to, tag);
	count_begun(request);
	return code;
}

int MPI_Issend(const void *data, int count, MPI_Datatype type, int to, int tag,
               MPI_Comm comm, MPI_Request *request)
{
	const int code = PMPI_Issend(data, count, type, to, tag, comm, request);

	count_send(data, to, tag);
	count_begun(request);
	return code;
}

int MPI_Send(const void *data, int count, MPI_Datatype type, int to, int tag,
             MPI_Comm comm)
{
	sends++;
	return PMPI_Send(data, count, type, to, tag, comm);
}

int MPI_Irecv(void *data, int count, MPI_Datatype type, int from, int tag,
              MPI_Comm comm, MPI_Request *request)
{
	const int code =
	    PMPI_Irecv(data, count, type, from, tag, comm, request);

	receipts++;
	count_begun(request);
	return code;
}

int MPI_Recv(void *data, int count, MPI_Datatype type, int from, int tag,
             MPI_Comm comm, MPI_Status *status)
{
	receipts++;
	return PMPI_Recv(data, count, type, from, tag, comm, status);
}

int MPI_Ibarrier(MPI_Comm comm, MPI_Request *request)
{
	const int code = PMPI_Ibarrier(comm, request);

	count_begun(request);
	return code;
}

int MPI_Test(MPI_Request *request, int *flag, MPI_Status *status)
{
	const MPI_Request before = *request;
	const int code = PMPI_Test(request, flag, status);

	count_ended(before, request);
	return code;
}

int MPI_Wait(MPI_Request *request, MPI_Status *status)
{
	const MPI_Request before = *request;
	const int code = PMPI_Wait(request, status);

	count_ended(before, request);
	return code;
}

int MPI_Request_free(MPI_Request *request)
{
	requests--;
	return PMPI_Request_free(request);
}

int MPI_Iprobe(int from, int tag, MPI_Comm comm, int *flag, MPI_Status *status)
{
	const int code = PMPI_Iprobe(from, tag, comm, flag, status);

	if (tag != TAG_TICKETS || !*flag || !has_left || !getenv("LATE_STOP"))
		return code;
	has_left = false;
	*flag = 0;
	stop();
	return code;
}
