/* The data of delivery_mail and its parts: delivery_mail_send on the other
 * ranks, delivery_mail_receive on rank 0. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_MAIL_STATE_H
#define COHORT_COMMON_SWEEP_DELIVERY_MAIL_STATE_H

#include "delivery_state.h"

/* What is in a message behind its header. */
enum mail_kind { MAIL_RECORDS, MAIL_ROUND_END /* nothing */, MAIL_WAIT };

struct mail_header {
	uint64_t sweep; /* its number */
	uint64_t kind;
};

enum {
	MAIL_HEADER_BYTES = sizeof(struct mail_header),
	MAIL_RECORDS_BYTES = RESULT_MESSAGE_BYTES - MAIL_HEADER_BYTES
};

/* The rank runs no more tasks in this round. */
#define MAIL_HAS_LEFT UINT64_MAX

struct mail_wait {
	uint64_t serial; /* of the news that the rank has heard last */
	uint64_t awaits; /* the task that it may not begin, by index + 1 */
};

/* Another rank, as rank 0 knows it. */
struct mail_peer {
	uint64_t rounds; /* that it has ended */
	uint64_t serial; /* of the last news that it was told */
	/* The task that it may not begin after that news, by index + 1, or
	 * MAIL_HAS_LEFT; 0: it has not said so. */
	uint64_t awaits;
	uint64_t received; /* its messages of this sweep */
	int file;          /* with its records; 0: it sends them */
	uint64_t read;     /* the place behind the last byte read there */
};

/* In struct delivery. */
struct delivery_mail {
	unsigned char message[RESULT_MESSAGE_BYTES];
	bool moved;     /* a message or a result, since the last pause */
	bool broken;    /* no message can be sent or received any more */
	uint64_t ended; /* rounds of the sweep, on this rank */
	bool left;      /* this rank runs no more tasks in this round */
	/* On other ranks than 0: the rest of a record, to be sent. */
	unsigned char *text;
	size_t room;
	size_t filled;
	size_t sent;
	bool behind;    /* rank 0 did not keep up at the last attempt */
	bool sending;   /* messages need this rank to be sent */
	uint64_t heard; /* messages from rank 0 */
	struct result_news news; /* the last one of this sweep */
	struct mail_wait said;   /* the last one in this round */
	/* On rank 0: */
	struct mail_peer *peers; /* by rank */
	double told;             /* when it told the others that it goes on */
	size_t told_of;          /* results that had arrived at the last look */
	uint64_t round;          /* the last word about the end of a round */
	uint64_t given_up;       /* see struct result_news */
	bool closed; /* there is no room for more results that wait */
	void (*looked)(struct sweep_run *run); /* see delivery_mail_leave */
};

struct world *mail_world(const struct delivery *delivery);

/* The failure, with its sentence, of the messages; the first one counts. */
void mail_note_failure(struct delivery *delivery, cohort_status status);

/* Nothing came for the group's timeout: the messages are broken, with
 * COHORT_ETIMEOUT. */
void mail_time_out(struct delivery *delivery);

/* `status` is what a function of the backend's transfer returned: if it failed,
 * the messages are broken. Returns whether they are not. */
bool mail_transfer_works(struct delivery *delivery, cohort_status status);

#endif
