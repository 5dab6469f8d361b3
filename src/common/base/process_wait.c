#define _POSIX_C_SOURCE 200809L
#include "process_wait.h"

#include <errno.h>

static int by_waitid(pid_t pid, int options, siginfo_t *info)
{
	int failed;

	do {
		*info = (siginfo_t){0};
		failed =
		    waitid(pid < 0 ? P_ALL : P_PID, pid < 0 ? 0 : (id_t)pid,
		           info, WEXITED | options);
	} while (failed && errno == EINTR);
	return failed;
}

static int by_waitpid(pid_t pid, int options, siginfo_t *info)
{
	int status = 0;
	pid_t got;

	do
		got = waitpid(pid, &status, options);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -1;
	*info = (siginfo_t){0};
	info->si_pid = got;
	info->si_code = WIFEXITED(status) ? CLD_EXITED : CLD_KILLED;
	info->si_status =
	    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
	return 0;
}

/* waitpid is another system call: a sandbox that refuses one of them may allow
 * the other. */
int process_wait(pid_t pid, int options, siginfo_t *info)
{
	if (!by_waitid(pid, options, info))
		return 0;
	return errno == ECHILD ? -1 : by_waitpid(pid, options, info);
}
