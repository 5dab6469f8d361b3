#define _GNU_SOURCE /* on_exit */
#include "child_process.h"

#include "common/base/descriptor_poll.h"
#include "common/base/flush_streams.h"
#include "common/base/pidfd.h"
#include "common/base/process_wait.h"
#include "common/base/system_file.h"
#include "common/base/thread_pools.h"
#include "common/core/group.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define POLL_SECONDS 0.005 /* between two looks, where there are no pidfds */

/* Runs before the exit handlers that the program registered before the fork,
 * and leaves without them. */
static void leave_at_exit(int status, void *unused)
{
	(void)unused;
	/* Without output of a copy of the program. */
	group_end_copy_if_left(__builtin_frame_address(0));
	flush_streams();
	_exit(status);
}

/* The same for quick_exit, which tells no handler the status. Processes that a
 * task has forked go on. */
static void leave_at_quick_exit(void)
{
	if (!group_runs_tasks())
		return;
	(void)group_tell_left(GROUP_LEFT_BY_QUICK_EXIT);
	_exit(EXIT_FAILURE);
}

static void set_up_child(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The parent may have died before the prctl. */
	if (getppid() != parent)
		_exit(128 + SIGKILL);
	setpgid(0, 0);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	on_exit(leave_at_exit, NULL);
	at_quick_exit(leave_at_quick_exit);
}

int child_process_start(const struct fork_hooks *hooks,
                        struct child_process *out)
{
	const pid_t parent = getpid();

	fork_hooks_before(hooks);
	thread_pools_pause();
	/* The child gets a copy of all buffers, and would write this process's
	 * output a second time. */
	flush_streams();
	pid_t pid = fork();
	if (pid == 0) {
		set_up_child(parent);
		return 1;
	}
	/* Parent and child both do this: whichever goes on first relies on
	 * it. */
	if (pid > 0)
		setpgid(pid, pid);
	fork_hooks_in_parent(hooks);
	if (pid < 0)
		return -1;
	*out = (struct child_process){
	    .pid = pid,
	    .pidfd = pidfd_of(pid),
	};
	return 0;
}

/* Whether it is a zombie, for systems that refuse waitid. Where there is no
 * /proc either, a child that nobody can ask about counts as ended, and is
 * killed: that is better than to wait for ever. */
static bool is_zombie(pid_t pid)
{
	char path[64];
	char text[256];

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if (!system_file_read(path, text, sizeof(text)))
		return true;
	/* The name is in parentheses, and may contain any character. */
	const char *name_end = strrchr(text, ')');
	return !name_end || !strncmp(name_end, ") Z", 3) ||
	       !strncmp(name_end, ") X", 3);
}

static bool child_has_ended(const struct child_process *child)
{
	siginfo_t info = {0};
	int result;

	do
		result = waitid(P_PID, (id_t)child->pid, &info,
		                WEXITED | WNOHANG | WNOWAIT);
	while (result < 0 && errno == EINTR);
	/* ECHILD: the program has waited for the child itself. */
	if (result < 0 && errno != ECHILD)
		return is_zombie(child->pid);
	return result < 0 || info.si_pid != 0;
}

static struct timespec timespec_from(double seconds)
{
	const time_t whole = (time_t)seconds;

	return (struct timespec){whole,
	                         (long)(1e9 * (seconds - (double)whole))};
}

enum child_event child_process_wait(const struct child_process *child, int fd,
                                    int wake, double seconds)
{
	struct pollfd polls[] = {
	    {.fd = child->pidfd, .events = POLLIN},
	    {.fd = fd, .events = POLLIN},
	    {.fd = wake, .events = POLLIN},
	};

	if (child->pidfd < 0 && seconds > POLL_SECONDS)
		seconds = POLL_SECONDS;
	const struct timespec most = timespec_from(seconds > 0 ? seconds : 0);
	const int ready = descriptor_poll(polls, 3, &most, NULL);

	if (ready > 0 && polls[1].revents & POLLIN)
		return CHILD_FD_READABLE;
	if (child->pidfd < 0 || ready < 0)
		return child_has_ended(child) ? CHILD_ENDED : CHILD_NO_EVENT;
	return ready > 0 && polls[0].revents ? CHILD_ENDED : CHILD_NO_EVENT;
}

/* Whether nobody has taken the child's status yet. Otherwise its number may
 * belong to another process by now. Only ECHILD says so: if the system refuses
 * the call, the child is still this process's. */
static bool is_unreaped(const struct child_process *child)
{
	siginfo_t info;

	return !waitid(P_PID, (id_t)child->pid, &info,
	               WEXITED | WNOHANG | WNOWAIT) ||
	       errno != ECHILD;
}

void child_process_signal(const struct child_process *child, int number)
{
	if (!is_unreaped(child))
		return;
	kill(-child->pid, number);
	if (getpgid(child->pid) != child->pid)
		kill(child->pid, number);
}

struct child_end child_process_reap(struct child_process *child)
{
	siginfo_t info = {0};

	const int failed = process_wait(child->pid, 0, &info);
	if (child->pidfd >= 0)
		close(child->pidfd);
	child->pidfd = -1;
	return (struct child_end){
	    .known = !failed,
	    .signalled = info.si_code != CLD_EXITED,
	    .number = info.si_status,
	};
}
