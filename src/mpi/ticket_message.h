/* The messages between rank 0 and the first rank of each node, in a sweep over
 * several nodes. */
#ifndef COHORT_MPI_TICKET_MESSAGE_H
#define COHORT_MPI_TICKET_MESSAGE_H

#include "common/base/ticket_range.h"

#include <stdint.h>

enum { MESSAGE_RANGES = 4 };

/* Reports of a node that rank 0 has not received: one for counts, and another
 * one for what cannot wait. */
enum { REPORTS_UNREAD = 2 };

/* To rank 0. A field that is no event says how things are now. */
struct node_report {
	uint64_t sweep;   /* number of the sweep; others are ignored */
	uint64_t stop;    /* what stops the sweep; see stop_word.h */
	uint32_t handled; /* number of the last order that was carried out */
	int32_t failure;  /* the cohort_status that ends the sweep; 0: none */
	uint32_t left;    /* 1: all ranks of the node have left the sweep */
	uint32_t idle;    /* ranks that wait for a ticket */
	uint64_t held;    /* tickets that the node has and no rank has begun */
	uint64_t wanted;  /* tickets that the node asks for */
	double rate;      /* tickets that it does in a second; 0: not known */
	uint64_t done;    /* tasks, failed ones included */
	uint64_t failed;
	struct ticket_range returned[MESSAGE_RANGES]; /* event */
};

/* From rank 0. The next order is not sent before this one is handled. */
struct node_order {
	uint64_t sweep;
	uint64_t stop;
	uint32_t number; /* of the order */
	int32_t failure;
	uint32_t end;      /* 1: all tickets of the sweep have been begun */
	uint32_t all_left; /* 1: all ranks of all nodes have left */
	/* If `recall_least` is not 0, the node returns this part of the
	 * tickets that it holds, and not less than this number. */
	double recall_share;
	uint64_t recall_least;
	struct ticket_range granted[MESSAGE_RANGES];
};

#endif
