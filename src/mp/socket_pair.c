#define _GNU_SOURCE /* SOCK_CLOEXEC */
#include "socket_pair.h"

#include "common/base/descriptor.h"

#include <sys/socket.h>

int socket_pair(int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -1;
	ends[0] = descriptor_raise(ends[0]);
	ends[1] = descriptor_raise(ends[1]);
	if (ends[0] >= 0 && ends[1] >= 0)
		return 0;
	descriptor_close(&ends[0]);
	descriptor_close(&ends[1]);
	return -1;
}
