/* The data of delivery_mail and its parts: delivery_mail_send on the other
 * ranks, delivery_mail_receive on rank 0. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_MAIL_STATE_H
#define COHORT_COMMON_SWEEP_DELIVERY_MAIL_STATE_H

#include "delivery.h"

enum {
	/* A message begins with the number of its sweep. */
	MAIL_NUMBER_BYTES = sizeof(uint64_t),
	MAIL_RECORDS_BYTES = RESULT_MESSAGE_BYTES - MAIL_NUMBER_BYTES
};

/* In struct delivery. */
struct delivery_mail {
	unsigned char message[RESULT_MESSAGE_BYTES];
	bool moved;     /* a message or a result, since the last pause */
	bool broken;    /* no message can be sent or received any more */
	uint64_t ended; /* rounds of the sweep, on this rank */
	/* On other ranks than 0: the rest of a record, to be sent. */
	unsigned char *text;
	size_t room;
	size_t filled;
	size_t sent;
	bool behind;    /* rank 0 did not keep up at the last attempt */
	uint64_t heard; /* messages from rank 0 */
	/* On rank 0: */
	uint64_t *rounds; /* that each rank has ended */
	double received;  /* when the last message came */
	double told;      /* when it told the others that it goes on */
	void (*looked)(struct sweep_run *run); /* see delivery_mail_end_round */
};

struct world *mail_world(const struct delivery *delivery);

/* The failure, with its sentence, of the messages; the first one counts. */
void mail_note_failure(struct delivery *delivery, cohort_status status);

/* `status` is what a function of the backend's transfer returned: if it failed,
 * the messages are broken. Returns whether they are not. */
bool mail_transfer_works(struct delivery *delivery, cohort_status status);

#endif
