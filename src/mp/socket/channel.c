#define _POSIX_C_SOURCE 200809L
#include "channel.h"

#include "sockets.h"

#include <errno.h>
#include <sys/socket.h>

/* Sleep until the socket to `rank` is ready for `events`. */
static cohort_status wait_socket(struct wait *wait, int rank, short events)
{
	struct pollfd polls[1 + POLLS_BEHIND] = {
	    {.fd = sockets_of(wait->world)->fds[rank], .events = events},
	};

	wait_for(wait, rank);
	cohort_status status = wait_polls(wait, polls, 1);
	wait_for_nobody(wait);
	return status;
}

/* A send or recv has returned -1. COHORT_OK: try it again. */
static cohort_status retry(struct wait *wait, int rank, short events)
{
	if (errno == EINTR)
		return wait_check(wait);
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return wait_socket(wait, rank, events);
	if (errno == EPIPE || errno == ECONNRESET)
		return wait_socket_closed(wait, rank);
	return wait_call_failed(wait,
	                        events == POLLIN ? FAILED_RECV : FAILED_SEND);
}

cohort_status channel_send(struct wait *wait, int rank, const void *data,
                           size_t bytes)
{
	const int socket = sockets_of(wait->world)->fds[rank];
	const unsigned char *from = data;

	while (bytes > 0) {
		ssize_t sent =
		    send(socket, from, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0) {
			cohort_status status = retry(wait, rank, POLLOUT);
			if (status != COHORT_OK)
				return status;
			continue;
		}
		from += sent;
		bytes -= (size_t)sent;
	}
	return COHORT_OK;
}

cohort_status channel_recv(struct wait *wait, int rank, void *data,
                           size_t bytes)
{
	const int socket = sockets_of(wait->world)->fds[rank];
	unsigned char *to = data;

	while (bytes > 0) {
		ssize_t got = recv(socket, to, bytes, MSG_DONTWAIT);
		if (got == 0)
			return wait_socket_closed(wait, rank);
		if (got < 0) {
			cohort_status status = retry(wait, rank, POLLIN);
			if (status != COHORT_OK)
				return status;
			continue;
		}
		to += got;
		bytes -= (size_t)got;
	}
	return COHORT_OK;
}

void channel_nudge(const struct mp_world *world, int rank, const void *data,
                   size_t bytes)
{
	int saved = errno;
	ssize_t sent = send(sockets_of(world)->fds[rank], data, bytes,
	                    MSG_NOSIGNAL | MSG_DONTWAIT);

	(void)sent;
	errno = saved;
}
