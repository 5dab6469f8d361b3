#define _POSIX_C_SOURCE 200809L
#include "job_control.h"

#include "common/base/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

/* Signal handlers have no argument, so this is of the whole process. Groups may
 * run sweeps in several threads. */
static struct {
	_Atomic int groups[JOB_CONTROL_MOST]; /* 0: free */
	_Atomic int count;                    /* of children */
	_Atomic int64_t stopped;
} control;

static void send_to_groups(int number)
{
	for (int i = 0; i < JOB_CONTROL_MOST; i++) {
		const int group = atomic_load(&control.groups[i]);
		if (group > 1)
			kill(-group, number);
	}
}

static void stop_all(int number);

static void set_action(void (*action)(int))
{
	struct sigaction set = {.sa_handler = action, .sa_flags = SA_RESTART};

	sigemptyset(&set.sa_mask);
	sigaction(SIGTSTP, &set, NULL);
}

/* Stops in the middle, by the signal's own action, and goes on after
 * SIGCONT. */
static void stop_all(int number)
{
	const int saved = errno;
	const int64_t begin = clock_ns();
	sigset_t only;
	sigset_t before;

	send_to_groups(SIGSTOP);
	set_action(SIG_DFL);
	raise(number); /* is blocked in this handler */
	sigemptyset(&only);
	sigaddset(&only, number);
	pthread_sigmask(SIG_UNBLOCK, &only, &before);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (atomic_load(&control.count) > 0)
		set_action(stop_all);
	atomic_fetch_add(&control.stopped, clock_ns() - begin);
	send_to_groups(SIGCONT);
	errno = saved;
}

static bool has_handler(void (*action)(int))
{
	struct sigaction set;

	return !sigaction(SIGTSTP, NULL, &set) &&
	       !(set.sa_flags & SA_SIGINFO) && set.sa_handler == action;
}

int job_control_begin(pid_t pid)
{
	if (atomic_fetch_add(&control.count, 1) == 0 && has_handler(SIG_DFL))
		set_action(stop_all);
	for (int i = 0; i < JOB_CONTROL_MOST; i++) {
		int none = 0;
		if (atomic_compare_exchange_strong(&control.groups[i], &none,
		                                   (int)pid))
			return i;
	}
	return -1;
}

void job_control_end(int number)
{
	if (number >= 0)
		atomic_store(&control.groups[number], 0);
	if (atomic_fetch_sub(&control.count, 1) == 1 && has_handler(stop_all))
		set_action(SIG_DFL);
}

void job_control_forget(void)
{
	for (int i = 0; i < JOB_CONTROL_MOST; i++)
		atomic_store(&control.groups[i], 0);
	if (has_handler(stop_all))
		set_action(SIG_DFL);
}

int64_t job_control_stopped(void)
{
	return atomic_load(&control.stopped);
}
