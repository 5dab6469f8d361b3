#define _GNU_SOURCE
#include "descendants.h"

#include "monotonic.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

void descendants_adopt(void)
{
	const struct rlimit none = {0, 0};

	if (prctl(PR_SET_CHILD_SUBREAPER, 1) || setrlimit(RLIMIT_CORE, &none)) {
		perror("storm");
		exit(2);
	}
}

bool descendants_reap(double seconds)
{
	const int64_t end = monotonic_ns() + (int64_t)(seconds * 1e9);

	for (;;) {
		const pid_t pid = waitpid(-1, NULL, WNOHANG);
		if (pid < 0 && errno == ECHILD)
			return true;
		if (pid == 0) {
			if (monotonic_ns() > end)
				return false;
			pause_us(100);
		}
	}
}

bool descendants_await(pid_t pid, double seconds, int *status)
{
	const int64_t end = monotonic_ns() + (int64_t)(seconds * 1e9);

	while (monotonic_ns() < end) {
		const pid_t ended = waitpid(-1, status, WNOHANG);
		if (ended == pid)
			return true;
		if (ended <= 0)
			pause_us(200);
	}
	return false;
}

/* The kernel's list of the children that the first thread of a process has. */
static FILE *open_children(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid,
	         (int)pid);
	return pid > 0 ? fopen(path, "re") : NULL;
}

void descendants_kill(void)
{
	FILE *children = open_children(getpid());
	int pid;

	while (children && fscanf(children, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	if (children)
		fclose(children);
}

pid_t descendants_child(pid_t pid, int n)
{
	FILE *children = open_children(pid);
	int child = 0;

	while (children && n > 0 && fscanf(children, "%d", &child) == 1)
		n--;
	if (children)
		fclose(children);
	return n > 0 ? 0 : child;
}
