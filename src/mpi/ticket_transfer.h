/*
 * The messages between the ticket servers of nodes, over MPI.
 *
 * All messages are small, and few are on their way: an order follows the last
 * one when that is carried out, and of each node's reports at most
 * REPORTS_UNREAD have not been received by rank 0, since a send is done only
 * when its message has been received (MPI_Issend). So MPI buffers them, and no
 * send waits for a slow receiver. If the receiver's host is cut off, its buffer
 * stays with MPI, and nobody waits.
 *
 * Each function returns the code of the MPI call that failed, or MPI_SUCCESS.
 */
#ifndef COHORT_MPI_TICKET_TRANSFER_H
#define COHORT_MPI_TICKET_TRANSFER_H

#include "ticket_message.h"

#include <mpi.h>
#include <stdbool.h>

union ticket_text {
	struct node_report report; /* to rank 0 */
	struct node_order order;   /* from rank 0 */
};

/* A message that MPI may be sending. */
struct ticket_transfer {
	MPI_Request request; /* MPI_REQUEST_NULL: nothing is sent */
	union ticket_text text;
};

/* Whether the last message has been received, so that the text may change. */
int ticket_transfer_is_done(struct ticket_transfer *transfer, bool *done);

/* Send the text. The last message has been received. */
int ticket_transfer_send(struct ticket_transfer *transfer, MPI_Comm comm,
                         int to);

/* Receive a message if there is one. *from is its sender; -1: there is none. */
int ticket_transfer_receive(MPI_Comm comm, union ticket_text *text, int *from);

#endif
