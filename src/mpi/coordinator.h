/*
 * The decisions of rank 0 in a sweep over several nodes: which tickets a node
 * gets, and which it returns. Calls neither MPI nor a clock; ticket_server.c
 * does.
 */
#ifndef COHORT_MPI_COORDINATOR_H
#define COHORT_MPI_COORDINATOR_H

#include "ticket_message.h"

#include <stdbool.h>
#include <stddef.h>

/* A node as rank 0 knows it. */
struct node_view {
	int first_rank; /* of the group */
	int ranks;
	int workers;               /* of them, that will claim tickets */
	struct node_report report; /* the last one */
	struct node_order order;   /* the last one */
	bool recalls;              /* that order recalls tickets */
};

struct coordinator {
	int nodes;
	int ranks; /* of all nodes */
	struct node_view *views;
	uint64_t next;  /* tickets before it have been given to nodes */
	uint64_t total; /* tickets of the sweep */
	struct ticket_range *returned; /* by nodes; at most returned_most */
	size_t returned_count;
	size_t returned_most;
	struct node_order news; /* what every node must know */
	int slowest;            /* the node that returns tickets; -1: none */
};

/* The ranges that coordinator.returned needs room for. */
size_t coordinator_returned_most(int nodes);

/* Begin a sweep. Each node has the first `depth` tickets for each of its
 * workers already, in the order of nodes. */
void coordinator_begin(struct coordinator *coordinator, uint64_t sweep,
                       uint64_t total, uint64_t depth);

void coordinator_hear(struct coordinator *coordinator, int node,
                      const struct node_report *report);

/* Before the orders of all nodes: decide what follows from the reports. */
void coordinator_plan(struct coordinator *coordinator);

/* The next order for this node, if there is one; it counts as sent. */
bool coordinator_order(struct coordinator *coordinator, int node,
                       struct node_order *out);

/* The first node that has not answered an order, or whose ranks have not all
 * left the sweep; -1: none. */
int coordinator_find_missing(const struct coordinator *coordinator);

/* The tickets of a node at the beginning: see coordinator_begin. `before` is
 * the number of workers in the nodes before it. */
struct ticket_range coordinator_first_tickets(uint64_t total, uint64_t depth,
                                              uint64_t before,
                                              uint64_t workers);

#endif
