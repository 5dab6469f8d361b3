#define _POSIX_C_SOURCE 200809L
#include "ticket_request.h"

#include "common/base/descriptor.h"
#include "common/base/error.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
	uint64_t most;
};

/* The sentence is sent only if the status is not COHORT_OK. */
struct reply {
	struct ticket_range tickets;
	cohort_status status;
	char sentence[ERROR_BYTES];
};

static size_t reply_bytes(cohort_status status)
{
	return status == COHORT_OK ? offsetof(struct reply, sentence)
	                           : sizeof(struct reply);
}

bool ticket_channel_open(struct ticket_channel *out)
{
	int ends[2];

	if (descriptor_socket_pair(SOCK_SEQPACKET, ends))
		return false;
	*out = (struct ticket_channel){ends[0], ends[1], 0};
	return true;
}

void ticket_channel_close(struct ticket_channel *channel)
{
	if (channel->child_end >= 0)
		close(channel->child_end);
	if (channel->rank_end >= 0)
		close(channel->rank_end);
	*channel = (struct ticket_channel){-1, -1, 0};
}

/* The ends block, and a request and its reply have room, so EAGAIN is no reason
 * to wait for something. */
static bool is_to_be_repeated(void)
{
	return errno == EINTR || errno == EAGAIN;
}

static void drop_packets(int fd)
{
	char packet[sizeof(struct reply)];

	while (fd >= 0 && recv(fd, packet, sizeof(packet), MSG_DONTWAIT) > 0)
		;
}

void ticket_channel_drain(const struct ticket_channel *channel)
{
	drop_packets(channel->child_end);
	drop_packets(channel->rank_end);
}

cohort_status ticket_request_send(const struct ticket_channel *channel,
                                  uint64_t most, struct ticket_range *out)
{
	const int fd = channel->child_end;
	const struct request request = {most};
	struct reply reply;
	ssize_t got;

	/* If the rank dies, the kernel kills this process too, so neither call
	 * waits for ever. */
	while (send(fd, &request, sizeof(request), MSG_NOSIGNAL) < 0)
		if (!is_to_be_repeated())
			return error_sys("cohort_scatter: send to the rank");
	do
		got = recv(fd, &reply, sizeof(reply), 0);
	while (got < 0 && is_to_be_repeated());
	if (got == 0)
		errno = ECONNRESET; /* the rank could not answer */
	if (got < (ssize_t)reply_bytes(COHORT_OK) ||
	    got != (ssize_t)reply_bytes(reply.status))
		return error_sys("cohort_scatter: recv from the rank");
	if (reply.status != COHORT_OK)
		return error_set(reply.status, "%s", reply.sentence);
	*out = reply.tickets;
	return COHORT_OK;
}

void ticket_request_serve(struct ticket_channel *channel, struct world *world)
{
	const int fd = channel->rank_end;
	struct request request;
	struct reply reply;
	ssize_t sent;

	if (recv(fd, &request, sizeof(request), MSG_DONTWAIT) !=
	    (ssize_t)sizeof(request))
		return;
	reply.status =
	    world->backend->tickets_claim(world, request.most, &reply.tickets);
	if (reply.status != COHORT_OK)
		memcpy(reply.sentence, cohort_error(), ERROR_BYTES);
	do
		sent =
		    send(fd, &reply, reply_bytes(reply.status), MSG_NOSIGNAL);
	while (sent < 0 && is_to_be_repeated());
	/* If the child is not gone, it would wait for ever: now it reads the
	 * end. This direction only: a channel without both is always readable,
	 * and the rank would not sleep any more. */
	if (sent < 0) {
		channel->refused = errno;
		shutdown(fd, SHUT_WR);
	}
}

cohort_status ticket_request_status(const struct ticket_channel *channel,
                                    cohort_status of_child)
{
	if (of_child == COHORT_OK || !channel->refused)
		return of_child;
	errno = channel->refused;
	return error_sys("cohort_scatter: send to the child that runs tasks");
}
