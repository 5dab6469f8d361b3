/* The tags of this backend's messages on the communicator of a group. */
#ifndef COHORT_MPI_MESSAGE_TAG_H
#define COHORT_MPI_MESSAGE_TAG_H

enum message_tag {
	TAG_CHUNK = 1, /* calls.c: a part of a large gather */
	TAG_CALL,      /* call_exchange.c: the call that a rank is in */
	TAG_ROUND,     /* call_rounds.c: whether all calls match */
	TAG_PRESENT,   /* call_presence.c: a rank waits in a call */
	TAG_TICKETS,   /* ticket_server.c: reports and orders */
	TAG_RESULT,    /* result_mail.c: finished results */
	TAG_RESULT_ACK /* result_mail.c: rank 0's answers */
};

#endif
