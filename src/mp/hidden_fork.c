#define _GNU_SOURCE
#include "hidden_fork.h"

#include "common/base/refused_call.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t hidden_fork(int threads)
{
	if (threads > 1)
		return fork();
	/* No flags, and no signal at the child's end. All five arguments are 0,
	 * so their order, which depends on the architecture, does not matter.
	 */
	pid_t pid = (pid_t)syscall(SYS_clone, 0UL, 0UL, 0UL, 0UL, 0UL);
	if (pid < 0 && (errno == EINVAL || call_is_refused(errno)))
		return fork();
	return pid;
}

int hidden_wait(pid_t pid)
{
	int status;
	pid_t got;

	do
		got = waitpid(pid, &status, __WALL);
	while (got < 0 && errno == EINTR);
	return got == pid ? 0 : -1;
}
