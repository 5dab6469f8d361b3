/*
 * Sends the messages of node_agent.c and coordinator.c over MPI. The first rank
 * of each node has a server; rank 0 is one of them. The server lives in the
 * thread that calls ticket_server_turn.
 */
#ifndef COHORT_MPI_TICKET_SERVER_H
#define COHORT_MPI_TICKET_SERVER_H

#include "mpi_world.h"

struct ticket_server;

/* COHORT_ENOMEM. */
COHORT_CHECKED cohort_status ticket_server_open(const struct mpi_world *world,
                                                struct ticket_server **out);

/* Accepts NULL. All messages of this rank have been received. */
void ticket_server_close(struct ticket_server *server);

/* Begin a sweep. Sends nothing. */
void ticket_server_begin(struct ticket_server *server);

/* Receive and send what there is, without waiting; returns the seconds until
 * the next turn. */
double ticket_server_turn(struct ticket_server *server);

/* Whether all ranks have left the sweep and know it. */
bool ticket_server_is_done(const struct ticket_server *server);

/* Whether all messages of this rank have been received. Returns the code of
 * the MPI call that failed, or MPI_SUCCESS. */
int ticket_server_test(struct ticket_server *server, bool *all_received);

/* The first rank of a node for which the sweep waits, so far as this rank
 * knows; rank 0 if this is another rank. -1: none. */
int ticket_server_find_missing(const struct ticket_server *server);

#endif
