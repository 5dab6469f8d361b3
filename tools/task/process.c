#define _GNU_SOURCE /* pipe2, wait4 */
#include "process.h"

#include "base/clock.h"
#include "pause.h"
#include "process_group.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	READ_BYTES = 65536,
	STOP_PERIOD_MS = 100,
	END_PERIOD_MS = 10, /* where there is no pidfd */
	GROUP_PERIOD_MS = 20
};

#define STOPPED_SECONDS 1.0 /* longer than a sleep is late by itself */

/* A program that runs. */
struct process {
	const struct process_limits *limits;
	struct process_result *result;
	pid_t pid;
	int pidfd;      /* -1: the system gives none */
	int pipes[2];   /* that we read: output, errors; -1: ended */
	int held[2];    /* their other ends, which are open until the program
	                 * has ended: its last close of a stream would wake us
	                 * for nothing */
	double stopped; /* seconds for which we were stopped, but by Ctrl-Z */
	double started; /* by time_running */
	double ended;   /* when it got SIGTERM; 0: it has not */
	bool killed;    /* it got SIGKILL */
	bool gone;      /* it has ended; others of its group may run */
	pid_t member;   /* one of those, when last looked; 0: none is known */
};

/* Without the time for which we were stopped. */
static double time_running(const struct process *process)
{
	return clock_seconds() - pause_seconds() - process->stopped;
}

static void close_end(int *end)
{
	if (*end >= 0)
		close(*end);
	*end = -1;
}

/* Reads what is there, at most one buffer. Returns the number of bytes; 0 at
 * the stream's end, or if there is nothing. */
static size_t read_stream(struct process *process, int which)
{
	const struct process_limits *limits = process->limits;
	const enum process_stream stream =
	    which == 0 ? STREAM_OUTPUT : STREAM_ERRORS;
	char bytes[READ_BYTES];
	ssize_t got;

	do
		got = read(process->pipes[which], bytes, sizeof(bytes));
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		return 0;
	if (got <= 0) {
		close_end(&process->pipes[which]);
		return 0;
	}
	if (process->result->end != PROCESS_UNKEPT &&
	    !limits->take(limits->take_arg, stream, bytes, (size_t)got))
		process->result->end = PROCESS_UNKEPT;
	return (size_t)got;
}

/* SIGTERM to the group, and SIGKILL when its grace is over. */
static void end_group(struct process *process, enum process_end why)
{
	if (process->ended > 0)
		return;
	process->result->end = why;
	process->ended = time_running(process);
	kill(-process->pid, SIGTERM);
	kill(-process->pid, SIGCONT);
}

static void check_limits(struct process *process)
{
	const struct process_limits *limits = process->limits;
	const double time = time_running(process);

	if (process->ended > 0) {
		if (!process->killed &&
		    time - process->ended >= limits->grace) {
			kill(-process->pid, SIGKILL);
			process->killed = true;
		}
		return;
	}
	if (process->result->end == PROCESS_UNKEPT)
		end_group(process, PROCESS_UNKEPT);
	else if (limits->timeout > 0 &&
	         time - process->started >= limits->timeout)
		end_group(process, PROCESS_TIMEOUT);
	else if (limits->stop && limits->stop(limits->stop_arg))
		end_group(process, PROCESS_STOPPED);
}

/* Milliseconds that nothing needs to be checked. */
static int quiet_ms(const struct process *process)
{
	const struct process_limits *limits = process->limits;
	double until = INFINITY;

	if (process->pidfd < 0)
		return END_PERIOD_MS;
	/* Nothing else may come: others may hold the streams. */
	if (process->killed)
		return process->gone ? 0 : -1;
	if (process->ended > 0)
		until = process->ended + limits->grace;
	else if (limits->timeout > 0)
		until = process->started + limits->timeout;
	const double ms = ceil((until - time_running(process)) * 1000);
	if (process->gone && !(ms < GROUP_PERIOD_MS))
		return GROUP_PERIOD_MS;
	const bool asks = limits->stop && process->ended <= 0;
	if (isinf(ms) && !asks)
		return -1;
	return ms > 0 ? (int)fmin(ms, STOP_PERIOD_MS) : 0;
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	       info.si_pid == pid;
}

/* Whether others of the group have time left after our SIGTERM. A program that
 * ends by itself gives its group none. */
static bool has_group_time(struct process *process)
{
	if (process->ended <= 0 || process->killed)
		return false;
	process->member = process_group_member(process->pid, process->member);
	return process->member > 0;
}

/* Sleeps until one of the streams has something, or the program has ended. A
 * whole job may be stopped by SIGSTOP or a freezer meanwhile: if a sleep takes
 * a second more than it should, we did not run. */
static int sleep_beside(struct process *process, struct pollfd polled[3])
{
	const int ms = quiet_ms(process);
	const double begin = time_running(process);
	const int ready = poll(polled, 3, ms);
	const int error = errno;
	const double more = time_running(process) - begin - 1e-3 * ms;

	if (ms >= 0 && more > STOPPED_SECONDS)
		process->stopped += more;
	errno = error;
	return ready;
}

/* Until the program has ended, and its group after our SIGTERM. */
static void attend(struct process *process)
{
	struct pollfd polled[3];

	for (;;) {
		for (int i = 0; i < 2; i++)
			polled[i] =
			    (struct pollfd){process->pipes[i], POLLIN, 0};
		polled[2] = (struct pollfd){process->gone ? -1 : process->pidfd,
		                            POLLIN, 0};
		if (sleep_beside(process, polled) < 0 && errno != EINTR)
			return;
		for (int i = 0; i < 2; i++)
			if (process->pipes[i] >= 0 && polled[i].revents)
				read_stream(process, i);
		process->gone = process->gone ||
		                (process->pidfd < 0 ? has_ended(process->pid)
		                                    : polled[2].revents != 0);
		if (process->gone && !has_group_time(process))
			return;
		check_limits(process);
	}
}

/* What is in a pipe now, and no more. */
static void drain_stream(struct process *process, int which)
{
	int left = 0;

	fcntl(process->pipes[which], F_SETFL, O_NONBLOCK);
	if (ioctl(process->pipes[which], FIONREAD, &left))
		left = 0;
	while (left > 0) {
		const size_t got = read_stream(process, which);

		if (got == 0)
			break;
		left -= (int)got;
	}
}

/* What the program printed last is in the pipes still. Another process may hold
 * them open, and print without end: what comes from now on is not read. */
static void drain(struct process *process)
{
	struct pollfd polled[2];

	for (int i = 0; i < 2; i++)
		polled[i] = (struct pollfd){process->pipes[i], POLLIN, 0};
	while (poll(polled, 2, 0) < 0 && errno == EINTR)
		continue;
	for (int i = 0; i < 2; i++) {
		if (polled[i].revents & POLLIN)
			drain_stream(process, i);
		close_end(&process->pipes[i]);
		close_end(&process->held[i]);
	}
}

static long own_maxrss(void)
{
	struct rusage usage = {0};

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static void reap(struct process *process)
{
	struct process_result *result = process->result;
	int status = 0;

	while (wait4(process->pid, &status, 0, &result->usage) < 0 &&
	       errno == EINTR)
		continue;
	result->seconds = time_running(process) - process->started;
	result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	result->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	if (result->signal)
		result->own_maxrss = own_maxrss();
	if (result->end == PROCESS_EXITED && result->signal)
		result->end = PROCESS_SIGNALLED;
}

static void refuse(struct process_result *result, const char *action)
{
	result->end = PROCESS_REFUSED;
	result->action = action;
	result->error = errno;
}

static void forget_group(const struct spawn *spawn)
{
	if (spawn->noted)
		atomic_store(spawn->noted, 0);
}

void process_run(struct spawn *spawn, const struct process_limits *limits,
                 struct process_result *out)
{
	int output[2];
	int errors[2];
	const char *action = NULL;

	*out = (struct process_result){.end = PROCESS_EXITED};
	if (pipe2(output, O_CLOEXEC)) {
		refuse(out, "pipe2");
		return;
	}
	if (pipe2(errors, O_CLOEXEC)) {
		refuse(out, "pipe2");
		close(output[0]);
		close(output[1]);
		return;
	}
	struct process process = {
	    .limits = limits,
	    .result = out,
	    .pipes = {output[0], errors[0]},
	    .held = {output[1], errors[1]},
	};
	process.started = time_running(&process);
	spawn->output = output[1];
	spawn->errors = errors[1];
	process.pid = spawn_start(spawn, &action);
	if (process.pid < 0) {
		refuse(out, action);
		forget_group(spawn);
	}
	if (process.pid > 0) {
		process.pidfd = (int)syscall(SYS_pidfd_open, process.pid, 0);
		attend(&process);
		/* The group's id is the program's until it is reaped. */
		kill(-process.pid, SIGKILL);
		forget_group(spawn);
		drain(&process);
		reap(&process);
		close_end(&process.pidfd);
	}
	for (int i = 0; i < 2; i++) {
		close_end(&process.pipes[i]);
		close_end(&process.held[i]);
	}
}
