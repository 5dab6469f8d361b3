#define _GNU_SOURCE
#include "runs.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t run_start(const char *journal, bool isolate, long limit)
{
	const pid_t run = fork();

	if (run != 0)
		return run;
	if (limit > 0) {
		const struct rlimit most = {(rlim_t)limit, RLIM_INFINITY};
		setrlimit(RLIMIT_FSIZE, &most);
	}
	execl("/proc/self/exe", "fault_follow", "sweep", journal,
	      isolate ? "isolate" : "together", (char *)NULL);
	perror("exec");
	_exit(99);
}

bool run_ended(pid_t run, int *status)
{
	int how;

	if (waitpid(run, &how, WNOHANG) != run)
		return false;
	*status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
	return true;
}
