#define _GNU_SOURCE /* vfork, sched_setaffinity */
#include "spawn.h"

#include "descriptors.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Written by the child into the parent's memory. The whole variable must be
 * volatile: the compiler sees no reader of it on the child's way to _exit, and
 * no writer on the parent's. It drops even stores to volatile fields. It is
 * the only variable that the child writes and the parent reads. */
struct refusal {
	const char *action;
	int error;
};

/* dup2 leaves a descriptor that is its own copy close-on-exec; no caller's is
 * below 3. */
static const char *place_descriptors(const struct spawn *spawn)
{
	if (dup2(spawn->input, STDIN_FILENO) < 0 ||
	    dup2(spawn->output, STDOUT_FILENO) < 0 ||
	    dup2(spawn->errors, STDERR_FILENO) < 0)
		return "dup2";
	return NULL;
}

static const char *set_limits(const struct spawn *spawn)
{
	const struct rlimit memory = {spawn->memory, spawn->memory};

	if (spawn->group >= 0 && write(spawn->group, "0", 1) != 1)
		return "write to cgroup.procs";
	if (spawn->memory > 0 && setrlimit(RLIMIT_AS, &memory))
		return "setrlimit";
	if (spawn->cores &&
	    sched_setaffinity(0, sizeof(*spawn->cores), spawn->cores))
		return "sched_setaffinity";
	errno = 0;
	if (spawn->nice != 0 && nice(spawn->nice) == -1 && errno)
		return "nice";
	return NULL;
}

/* In the child, which shares this memory: only system calls. */
static const char *become(const struct spawn *spawn, pid_t parent)
{
	sigset_t none;
	const char *refused;

	if (setpgid(0, 0))
		return "setpgid";
	if (spawn->noted)
		atomic_store(spawn->noted, getpid());
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return "prctl";
	if (getppid() != parent)
		_exit(1);
	if ((refused = place_descriptors(spawn)) ||
	    (refused = set_limits(spawn)))
		return refused;
	if (spawn->folder && chdir(spawn->folder))
		return "chdir";
	if (!descriptors_close_on_exec())
		return "close_range";
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(spawn->path, spawn->arguments, spawn->environment);
	return "execve";
}

pid_t spawn_start(const struct spawn *spawn, const char **action)
{
	volatile struct refusal refusal = {NULL, 0};
	const pid_t parent = getpid();
	sigset_t all;
	sigset_t before;

	/* A handler that ran in the child would run on the parent's memory. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	const pid_t child = vfork();
	if (child == 0) {
		refusal.action = become(spawn, parent);
		refusal.error = errno;
		_exit(1);
	}
	const int error = child < 0 ? errno : refusal.error;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (child > 0 && !refusal.action)
		return child;
	if (child > 0)
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			continue;
	*action = child < 0 ? "vfork" : refusal.action;
	errno = error;
	return -1;
}
