#define _GNU_SOURCE /* O_NONBLOCK, FIONREAD */
#include "process_wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>

/* Of what a pipe may hold; /proc/sys/fs/pipe-max-size has this by default. */
enum { PIPE_MOST = 1 << 20 };

size_t process_pipe_holds(int pipe)
{
	int held = 0;

	if (!ioctl(pipe, FIONREAD, &held))
		return held > 0 ? (size_t)held : 0;
	return fcntl(pipe, F_SETFL, O_NONBLOCK) ? 0 : PIPE_MOST;
}

static bool has_ended(pid_t pid, int *refused)
{
	siginfo_t info = {0};

	if (!waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT))
		return info.si_pid == pid;
	if (errno == ECHILD)
		return true;
	*refused = errno == EINTR ? 0 : errno;
	return false;
}

/* Without waiting. */
static void look(const struct process_waited *waited, struct process_news *out)
{
	for (int i = 0; i < 2; i++)
		out->readable[i] = waited->pipes[i] >= 0 &&
		                   process_pipe_holds(waited->pipes[i]) > 0;
	out->ended = waited->pid > 0 && has_ended(waited->pid, &out->refused);
}

static void pause_at_most(int most_ms)
{
	const int ms = most_ms >= 0 && most_ms < PROCESS_LOOK_MS
	                   ? most_ms
	                   : PROCESS_LOOK_MS;
	const struct timespec pause = {.tv_nsec = 1000000L * ms};

	nanosleep(&pause, NULL);
}

void process_wait(const struct process_waited *waited, int most_ms,
                  struct process_news *out)
{
	const bool asks = waited->pid > 0 && waited->pidfd < 0;
	struct pollfd polled[3] = {
	    {waited->pipes[0], POLLIN, 0},
	    {waited->pipes[1], POLLIN, 0},
	    {waited->pid > 0 ? waited->pidfd : -1, POLLIN, 0},
	};

	*out = (struct process_news){.ended = false};
	if (asks && !(most_ms >= 0 && most_ms < PROCESS_LOOK_MS))
		most_ms = PROCESS_LOOK_MS;
	if (poll(polled, 3, most_ms) < 0) {
		if (errno == EINTR)
			return;
		pause_at_most(most_ms);
		look(waited, out);
		return;
	}
	for (int i = 0; i < 2; i++)
		out->readable[i] = polled[i].revents != 0;
	out->ended = asks ? has_ended(waited->pid, &out->refused)
	                  : polled[2].revents != 0;
}
