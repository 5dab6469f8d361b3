/*
 * A child that may not call the backend has its rank claim tickets for it: both
 * hold one end of a socket pair. A request and its reply are one packet each.
 */
#ifndef COHORT_COMMON_SWEEP_TICKET_REQUEST_H
#define COHORT_COMMON_SWEEP_TICKET_REQUEST_H

#include "common/core/backend.h"

struct ticket_channel {
	int child_end; /* -1: closed, or not needed */
	int rank_end;
	int refused; /* in the rank: the error of a reply that was not sent */
};

/* False with errno if the system refuses. */
bool ticket_channel_open(struct ticket_channel *out);
void ticket_channel_close(struct ticket_channel *channel);

/* Drop a request that a dead child has sent, and a reply that it has not
 * read. */
void ticket_channel_drain(const struct ticket_channel *channel);

/* In the child: send a request for up to `most` tickets and wait for the reply.
 * Returns the status of the rank's claim, with its sentence. */
COHORT_CHECKED cohort_status
ticket_request_send(const struct ticket_channel *channel, uint64_t most,
                    struct ticket_range *out);

/* In the rank, when the channel is readable: claim the tickets and reply. */
void ticket_request_serve(struct ticket_channel *channel, struct world *world);

/* In the rank, when a child has ended with this status, whose sentence is
 * written: that of the reply which it did not get, if there is one. */
COHORT_CHECKED cohort_status ticket_request_status(
    const struct ticket_channel *channel, cohort_status of_child);

#endif
