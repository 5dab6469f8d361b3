#define _GNU_SOURCE /* vfork, sched_setaffinity */
#include "spawn.h"

#include "base/given.h"
#include "descriptors.h"
#include "path_error.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
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
	bool is_leader;
};

/* dup2 leaves a descriptor that is its own copy close-on-exec; no caller's is
 * below 3, because the command has something at 0, 1 and 2 from its beginning
 * (given.h). */
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
static const char *become(const struct spawn *spawn, pid_t parent,
                          volatile struct refusal *out)
{
	sigset_t none;
	const char *refused;

	out->is_leader = setpgid(0, 0) == 0;
	if (spawn->noted && out->is_leader)
		atomic_store(spawn->noted, getpid());
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	if ((refused = place_descriptors(spawn)) ||
	    (refused = set_limits(spawn)))
		return refused;
	if (spawn->folder && chdir(spawn->folder))
		return "chdir";
	if (!descriptors_close_on_exec())
		return "close_range";
	given_restore();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(spawn->path, spawn->arguments, spawn->environment);
	if (errno == ENOEXEC) {
		spawn->shell[1] = (char *)(uintptr_t)spawn->path;
		execve(spawn->shell[0], spawn->shell, spawn->environment);
	}
	return "execve";
}

pid_t spawn_start(struct spawn *spawn, const char **action)
{
	volatile struct refusal refusal = {NULL, 0, false};
	const pid_t parent = getpid();
	sigset_t all;
	sigset_t before;

	/* A handler that ran in the child would run on the parent's memory. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	const pid_t child = vfork();
	if (child == 0) {
		refusal.action = become(spawn, parent, &refusal);
		refusal.error = errno;
		_exit(1);
	}
	const int error = child < 0 ? errno : refusal.error;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	spawn->is_leader = refusal.is_leader;
	if (child > 0 && !refusal.action)
		return child;
	if (child > 0)
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			continue;
	*action = child < 0 ? "vfork" : refusal.action;
	errno = error;
	return -1;
}

bool spawn_is_at_fault(const struct spawn *spawn, const char *action, int error)
{
	if (!strcmp(action, "chdir"))
		return path_error_stays(error);
	if (strcmp(action, "execve") != 0)
		return false;
	/* RLIMIT_AS of --mem has no room for the program. */
	return path_error_stays(error) || error == E2BIG || error == ENOEXEC ||
	       error == ELIBBAD || error == EINVAL ||
	       (error == ENOMEM && spawn->memory > 0);
}
