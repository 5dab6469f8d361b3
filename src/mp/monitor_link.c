#define _GNU_SOURCE /* MSG_CMSG_CLOEXEC */
#include "monitor_link.h"

#include "common/base/descriptor.h"
#include "common/base/descriptor_poll.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for one descriptor, with the alignment of its header. */
union ancillary {
	struct cmsghdr header;
	unsigned char bytes[CMSG_SPACE(sizeof(int))];
};

int monitor_link_send(int link, int rank, int fd)
{
	union ancillary ancillary = {0};
	struct iovec iov = {.iov_base = &rank, .iov_len = sizeof(rank)};
	struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t sent;

	if (fd >= 0) {
		message.msg_control = ancillary.bytes;
		message.msg_controllen = sizeof(ancillary.bytes);
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		*header = (struct cmsghdr){
		    .cmsg_level = SOL_SOCKET,
		    .cmsg_type = SCM_RIGHTS,
		    .cmsg_len = CMSG_LEN(sizeof(fd)),
		};
		memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	}
	do
		sent = sendmsg(link, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	/* The stream carries nothing else, so it takes four bytes whole. */
	return sent == sizeof(rank) ? 0 : -1;
}

int monitor_link_receive(int link, int *rank, int *fd)
{
	union ancillary ancillary = {0};
	struct iovec iov = {.iov_base = rank, .iov_len = sizeof(*rank)};
	struct msghdr message = {
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = ancillary.bytes,
	    .msg_controllen = sizeof(ancillary.bytes),
	};
	ssize_t got;

	do
		got = recvmsg(link, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
	while (got < 0 && errno == EINTR);
	const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (got != sizeof(*rank)) {
		errno = got < 0 ? errno : 0;
		return -1;
	}
	*fd = -1;
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(header), sizeof(*fd));
	*fd = descriptor_raise(*fd);
	return 0;
}

/* Whether poll says that the link is readable or broken. */
static bool is_ready(int link, int most_ms)
{
	struct pollfd end = {.fd = link, .events = POLLIN};

	return descriptor_poll_ms(&end, 1, most_ms) > 0;
}

bool monitor_link_is_lost(int link)
{
	char byte;

	return recv(link, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
	       (errno == EBADF || errno == ENOTSOCK);
}

/* After the start nobody sends anything. A recv that fails for want of memory,
 * or because a sandbox refuses it, says nothing about the other end: to take
 * that for a cut link would end every peer. */
bool monitor_link_is_cut(int link)
{
	char byte;
	const ssize_t got = recv(link, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	if (got >= 0 || errno == ECONNRESET)
		return true;
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return false;
	return is_ready(link, 0);
}

bool monitor_link_wait_cut(int link, int most_ms)
{
	return is_ready(link, most_ms) || monitor_link_is_cut(link);
}
