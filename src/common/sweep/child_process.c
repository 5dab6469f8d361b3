#define _GNU_SOURCE /* ppoll, on_exit */
#include "child_process.h"

#include "common/base/pidfd.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TICK_SECONDS 0.005 /* between looks, where there are no pidfds */

/* Before all handlers that were registered before the fork. */
static void leave(int status, void *unused)
{
	(void)unused;
	fflush(NULL);
	_exit(status);
}

static void settle(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(128 + SIGKILL);
	setpgid(0, 0);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	on_exit(leave, NULL);
}

/* What is in the streams' buffers is this process's to write. But a thread that
 * waits for input has its stream locked, and there is no knowing how long. */
static void flush_streams(void)
{
	if (!ftrylockfile(stdin)) {
		funlockfile(stdin);
		fflush(NULL);
	} else {
		fflush(stdout);
		fflush(stderr);
	}
}

int child_process_start(struct child_process *out)
{
	const pid_t parent = getpid();

	flush_streams();
	pid_t pid = fork();
	if (pid < 0)
		return -1;
	if (pid == 0) {
		settle(parent);
		return 1;
	}
	/* Both do it, so that it is done when either goes on. */
	setpgid(pid, pid);
	*out = (struct child_process){
	    .pid = pid,
	    .pidfd = pidfd_of(pid),
	};
	return 0;
}

static bool has_ended(const struct child_process *child)
{
	siginfo_t info = {0};
	int result;

	do
		result = waitid(P_PID, (id_t)child->pid, &info,
		                WEXITED | WNOHANG | WNOWAIT);
	while (result < 0 && errno == EINTR);
	/* Nothing to wait for: the program has taken it. */
	return result < 0 || info.si_pid != 0;
}

static struct timespec timespec_of(double seconds)
{
	const time_t whole = (time_t)seconds;

	return (struct timespec){whole,
	                         (long)(1e9 * (seconds - (double)whole))};
}

enum child_event child_process_wait(const struct child_process *child, int fd,
                                    double seconds)
{
	struct pollfd polls[] = {
	    {.fd = child->pidfd, .events = POLLIN},
	    {.fd = fd, .events = POLLIN},
	};

	if (child->pidfd < 0 && seconds > TICK_SECONDS)
		seconds = TICK_SECONDS;
	const struct timespec most = timespec_of(seconds > 0 ? seconds : 0);
	const int ready = ppoll(polls, 2, &most, NULL);

	if (ready > 0 && polls[1].revents & POLLIN)
		return CHILD_ASKS;
	if (child->pidfd < 0)
		return has_ended(child) ? CHILD_ENDED : CHILD_NOTHING;
	return ready > 0 && polls[0].revents ? CHILD_ENDED : CHILD_NOTHING;
}

void child_process_signal(const struct child_process *child, int number)
{
	kill(-child->pid, number);
	if (getpgid(child->pid) != child->pid)
		kill(child->pid, number);
}

/* Not in a program whose own wait calls have taken it: then its number may be
 * another's. */
static bool is_ours(const struct child_process *child)
{
	siginfo_t info;

	return !waitid(P_PID, (id_t)child->pid, &info,
	               WEXITED | WNOHANG | WNOWAIT);
}

struct child_end child_process_reap(struct child_process *child)
{
	siginfo_t info = {0};
	int result;

	if (is_ours(child))
		child_process_signal(child, SIGKILL);
	do
		result = waitid(P_PID, (id_t)child->pid, &info, WEXITED);
	while (result < 0 && errno == EINTR);
	if (child->pidfd >= 0)
		close(child->pidfd);
	child->pidfd = -1;
	return (struct child_end){
	    .known = result == 0,
	    .signalled = info.si_code != CLD_EXITED,
	    .number = info.si_status,
	};
}

void child_process_heed(struct sigaction *saved)
{
	const struct sigaction heed = {.sa_handler = SIG_DFL};

	sigaction(SIGCHLD, NULL, saved);
	if (saved->sa_handler == SIG_IGN || saved->sa_flags & SA_NOCLDWAIT)
		sigaction(SIGCHLD, &heed, NULL);
}

void child_process_unheed(const struct sigaction *saved)
{
	if (saved->sa_handler != SIG_IGN && !(saved->sa_flags & SA_NOCLDWAIT))
		return;
	sigaction(SIGCHLD, saved, NULL);
	/* The program's own, of which the kernel would have kept nothing. */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}
