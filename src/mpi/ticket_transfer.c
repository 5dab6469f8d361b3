#include "ticket_transfer.h"

#include "message_tag.h"

int ticket_transfer_is_done(struct ticket_transfer *transfer, bool *done)
{
	int flag = 1;
	int code = MPI_SUCCESS;

	if (transfer->request != MPI_REQUEST_NULL)
		code = MPI_Test(&transfer->request, &flag, MPI_STATUS_IGNORE);
	*done = flag;
	return code;
}

int ticket_transfer_send(struct ticket_transfer *transfer, MPI_Comm comm,
                         int to)
{
	return MPI_Issend(&transfer->text, sizeof(transfer->text), MPI_BYTE, to,
	                  TAG_TICKETS, comm, &transfer->request);
}

int ticket_transfer_receive(MPI_Comm comm, union ticket_text *text, int *from)
{
	MPI_Status status;
	int flag = 0;
	const int code =
	    MPI_Iprobe(MPI_ANY_SOURCE, TAG_TICKETS, comm, &flag, &status);

	*from = -1;
	if (code != MPI_SUCCESS || !flag)
		return code;
	*from = status.MPI_SOURCE;
	return MPI_Recv(text, sizeof(*text), MPI_BYTE, *from, TAG_TICKETS, comm,
	                MPI_STATUS_IGNORE);
}
