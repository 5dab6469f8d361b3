#define _GNU_SOURCE /* wait4 */
#include "process.h"

#include "base/clock.h"
#include "pause.h"
#include "process_group.h"
#include "process_start.h"
#include "process_wait.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { READ_BYTES = 65536, STOP_PERIOD_MS = 100, GROUP_PERIOD_MS = 20 };

/* A program that runs. */
struct process {
	const struct process_limits *limits;
	struct process_result *result;
	pid_t pid;
	pid_t signalled; /* as kill takes it: its group, or only the program */
	int pidfd;       /* -1: the system gives none */
	int pipes[2];    /* that we read: output, errors; -1: ended */
	int held[2];     /* their other ends, which are open until the program
	                 * has ended: its last close of a stream would wake us
	                 * for nothing */
	double started;  /* by pause_clock */
	double ended;    /* when it got SIGTERM; 0: it has not */
	bool killed;     /* it got SIGKILL */
	bool gone;       /* it has ended; others of its group may run */
	pid_t member;    /* one of those, when last looked; 0: none is known */
	double lost;     /* since when nothing tells of its end; 0: it does */
};

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
	if (got < 0)
		process_refuse(process->result, "read");
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
	process->ended = pause_clock();
	kill(process->signalled, SIGTERM);
	kill(process->signalled, SIGCONT);
}

static void check_limits(struct process *process)
{
	const struct process_limits *limits = process->limits;
	const double time = pause_clock();

	if (process->ended > 0) {
		if (!process->killed &&
		    time - process->ended >= limits->grace) {
			kill(process->signalled, SIGKILL);
			process->killed = true;
		}
		return;
	}
	if (process->result->end == PROCESS_UNKEPT ||
	    process->result->end == PROCESS_REFUSED)
		end_group(process, process->result->end);
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
		return PROCESS_LOOK_MS;
	/* Nothing else may come: others may hold the streams. */
	if (process->killed)
		return process->gone ? 0 : -1;
	if (process->ended > 0)
		until = process->ended + limits->grace;
	else if (limits->timeout > 0)
		until = process->started + limits->timeout;
	const double ms = ceil((until - pause_clock()) * 1000);
	if (process->gone && !(ms < GROUP_PERIOD_MS))
		return GROUP_PERIOD_MS;
	const bool asks = limits->stop && process->ended <= 0;
	if (isinf(ms) && !asks)
		return -1;
	return ms > 0 ? (int)fmin(ms, STOP_PERIOD_MS) : 0;
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

/* Whether nothing has told for long if the program has ended: this rank cannot
 * go on with it. */
static bool is_lost(struct process *process, int refused)
{
	if (!refused) {
		process->lost = 0;
		return false;
	}
	if (process->lost <= 0)
		process->lost = pause_clock();
	if (pause_clock() - process->lost < PROCESS_PATIENCE_SECONDS)
		return false;
	errno = refused;
	process_refuse(process->result, "waitid");
	return true;
}

/* Waits for news. */
static void sleep_beside(struct process *process,
                         const struct process_waited *waited,
                         struct process_news *news)
{
	const int ms = quiet_ms(process);
	const double begin = pause_clock();

	process_wait(waited, ms, news);
	if (ms >= 0)
		pause_notice(pause_clock() - begin, 1e-3 * ms);
}

/* Until the program has ended, and its group after our SIGTERM. */
static void attend(struct process *process)
{
	struct process_news news;

	for (;;) {
		const struct process_waited waited = {
		    .pipes = {process->pipes[0], process->pipes[1]},
		    .pidfd = process->pidfd,
		    .pid = process->gone ? 0 : process->pid,
		};
		sleep_beside(process, &waited, &news);
		for (int i = 0; i < 2; i++)
			if (process->pipes[i] >= 0 && news.readable[i])
				read_stream(process, i);
		process->gone = process->gone || news.ended;
		if (process->gone && !has_group_time(process))
			return;
		if (is_lost(process, news.refused))
			return;
		check_limits(process);
	}
}

/* What the program printed last is in the pipes still. Another process may hold
 * them open, and print without end: what comes from now on is not read. */
static void drain_stream(struct process *process, int which)
{
	size_t left = process->pipes[which] >= 0
	                  ? process_pipe_holds(process->pipes[which])
	                  : 0;

	while (left > 0) {
		const size_t got = read_stream(process, which);

		if (got == 0)
			break;
		left -= got < left ? got : left;
	}
	close_end(&process->pipes[which]);
	close_end(&process->held[which]);
}

static long own_maxrss(void)
{
	struct rusage usage = {0};

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

/* Returns the status as wait4 gives it. A refusal may be of a moment. */
static int await_status(struct process *process)
{
	const double until = clock_seconds() + PROCESS_PATIENCE_SECONDS;
	const struct timespec pause = {.tv_nsec = 1000000L * PROCESS_LOOK_MS};
	int status = 0;

	while (wait4(process->pid, &status, 0, &process->result->usage) < 0) {
		if (errno == EINTR)
			continue;
		if (errno == ECHILD || clock_seconds() >= until) {
			process_refuse(process->result, "wait4");
			break;
		}
		nanosleep(&pause, NULL);
	}
	return status;
}

static void reap(struct process *process)
{
	struct process_result *result = process->result;
	const int status = await_status(process);

	result->seconds = pause_clock() - process->started;
	result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	result->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	if (result->signal)
		result->own_maxrss = own_maxrss();
	if (result->end == PROCESS_EXITED && result->signal)
		result->end = PROCESS_SIGNALLED;
}

void process_run(struct spawn *spawn, const struct process_limits *limits,
                 struct process_result *out)
{
	struct process process = {.limits = limits, .result = out};
	struct process_started started;

	if (!process_start(spawn, limits, &started, out))
		return;
	process.pid = started.pid;
	process.started = started.time;
	for (int i = 0; i < 2; i++) {
		process.pipes[i] = started.pipes[i];
		process.held[i] = started.held[i];
	}
	process.signalled = spawn->is_leader ? -process.pid : process.pid;
	process.pidfd = (int)syscall(SYS_pidfd_open, process.pid, 0);
	attend(&process);
	/* The group's id is the program's until it is reaped. */
	kill(process.signalled, SIGKILL);
	process_forget_group(spawn);
	for (int i = 0; i < 2; i++)
		drain_stream(&process, i);
	reap(&process);
	close_end(&process.pidfd);
}
