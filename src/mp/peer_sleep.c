#define _GNU_SOURCE /* F_SETSIG */
#include "peer_sleep.h"

#include "common/base/clock.h"
#include "common/base/descriptor_poll.h"
#include "liveness.h"

#include <fcntl.h>
#include <unistd.h>

/* Between two looks for marks, where nothing tells of them. */
#define LOOK_SECONDS 0.01

/* Number of signals that came. */
static _Atomic uint32_t came;

static void on_signal(int signal)
{
	(void)signal;
	atomic_fetch_add(&came, 1);
}

static const int signals[PEER_SLEEP_SIGNALS] = {SIGCHLD, SIGCONT};

struct peer_sleep peer_sleep_begin(struct control_page *control, int size,
                                   int link, struct peer_sleep_actions *program)
{
	/* With an action of its own the monitor is told how its children end,
	 * also if the program ignores SIGCHLD. */
	const struct sigaction action = {.sa_handler = on_signal};
	struct peer_sleep sleep = {
	    .control = control,
	    .size = size,
	    .link = link,
	};

	sigfillset(&sleep.mask);
	for (int i = 0; i < PEER_SLEEP_SIGNALS; i++) {
		sigdelset(&sleep.mask, signals[i]);
		program->replaced[i] =
		    !sigaction(signals[i], &action, &program->of[i]);
	}
	return sleep;
}

void peer_sleep_restore(const struct peer_sleep_actions *program)
{
	for (int i = 0; i < PEER_SLEEP_SIGNALS; i++)
		if (program->replaced[i])
			sigaction(signals[i], &program->of[i], NULL);
}

void peer_sleep_own_link(struct peer_sleep *sleep)
{
	const int flags = fcntl(sleep->link, F_GETFL);

	sleep->signals = flags >= 0 &&
	                 !fcntl(sleep->link, F_SETOWN, (int)getpid()) &&
	                 !fcntl(sleep->link, F_SETSIG, SIGCONT) &&
	                 !fcntl(sleep->link, F_SETFL, flags | O_ASYNC);
}

int peer_sleep_count_marks(const struct peer_sleep *sleep)
{
	int marks = 0;

	for (int r = 0; r < sleep->size; r++)
		marks += liveness_is_marked(&sleep->control->records[r]);
	return marks;
}

static struct timespec time_of(double seconds)
{
	const time_t whole = (time_t)seconds;

	return (struct timespec){
	    .tv_sec = whole,
	    .tv_nsec = (long)(1e9 * (seconds - (double)whole)),
	};
}

/* Returns whether the time is over. */
static bool poll_link(const struct peer_sleep *sleep, nfds_t count,
                      double seconds)
{
	struct pollfd link = {.fd = sleep->link, .events = POLLIN};
	const struct timespec most = time_of(seconds);

	return descriptor_poll(&link, count, &most, &sleep->mask) == 0;
}

/* The handler runs in here only, since the signal is blocked elsewhere. If it
 * runs before the kernel compares the word with the value, the wait ends at
 * once. */
static enum liveness_slept wait_for_marks(const struct peer_sleep *sleep,
                                          double seconds)
{
	const uint32_t value = atomic_load(&came);
	sigset_t all;

	sigprocmask(SIG_SETMASK, &sleep->mask, &all);
	const enum liveness_slept slept = liveness_sleep_any(
	    sleep->control, sleep->size, sleep->marks, &came, value, seconds);
	sigprocmask(SIG_SETMASK, &all, NULL);
	return slept;
}

/* Returns whether the time is over. */
static bool poll_and_look(const struct peer_sleep *sleep, double seconds)
{
	const double end = clock_seconds() + seconds;

	for (;;) {
		const double left = end - clock_seconds();
		if (left <= 0)
			return true;
		if (!poll_link(sleep, 1,
		               left < LOOK_SECONDS ? left : LOOK_SECONDS) ||
		    peer_sleep_count_marks(sleep) != sleep->marks)
			return false;
	}
}

bool peer_sleep_most(struct peer_sleep *sleep, double seconds)
{
	if (sleep->signals) {
		const enum liveness_slept slept =
		    wait_for_marks(sleep, seconds);
		if (slept != LIVENESS_CANNOT_SLEEP)
			return slept == LIVENESS_TIME_OVER;
		sleep->signals = false;
	}
	return poll_and_look(sleep, seconds);
}

void peer_sleep_for_signal(const struct peer_sleep *sleep, double seconds)
{
	poll_link(sleep, 0, seconds);
}
