/*
 * The handler writes the signal onto the board of each group that asked, where
 * every rank looks before it begins a task. Groups that asked are in a list,
 * which the handler may walk at any moment, in any thread; so a group that
 * leaves it waits until no handler is under way. A handler never waits.
 */
#define _POSIX_C_SOURCE 200809L
#include "signal_stop.h"

#include "common/base/clock.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

enum {
	SIGNALS = 2,
	/* coreutils' timeout, and some launchers, send a signal to a process
	 * and to its process group: that is one signal, which comes twice. */
	ECHO_NS = 100 * 1000 * 1000
};

static const int numbers[SIGNALS] = {SIGINT, SIGTERM};

static struct {
	_Atomic pid_t pid; /* whose list it is: not that of forked copies */
	_Atomic(struct stop_listener *) listeners;
	_Atomic int inside;   /* handlers under way */
	_Atomic int got;      /* the first signal; 0: none */
	_Atomic int known;    /* what the last group knew of when it left */
	_Atomic int64_t when; /* it came; 0: it is coming just now */
	bool replaced[SIGNALS];
	struct sigaction before[SIGNALS]; /* the program's own */
} stop;

/* Does what it would have done without us, when this handler returns. */
static void pass_on(int number)
{
	for (int i = 0; i < SIGNALS; i++)
		if (numbers[i] == number)
			sigaction(number, &stop.before[i], NULL);
	raise(number);
}

static void end_process(int number)
{
	const struct sigaction end = {.sa_handler = SIG_DFL};

	sigaction(number, &end, NULL);
	raise(number);
}

/* Whether this is the first signal, and not one that ends the process. */
static bool is_first(int number)
{
	const int64_t now = clock_ns();
	int first = 0;

	if (atomic_compare_exchange_strong(&stop.got, &first, number)) {
		atomic_store(&stop.when, now);
		return true;
	}
	const int64_t when = atomic_load(&stop.when);
	return first == number && (when == 0 || now - when < ECHO_NS);
}

static void tell_ranks(const struct stop_listener *listener, int number)
{
	int none = 0;

	atomic_compare_exchange_strong(&listener->stats->signal, &none, number);
}

static void take_signal(int number)
{
	struct stop_listener *listener = atomic_load(&stop.listeners);

	if (!listener) {
		/* It came while the last group was closed. If that had been
		 * stopped by what other ranks got, this is the same signal, in
		 * a slow thread. */
		if (number != atomic_load(&stop.known))
			pass_on(number);
		return;
	}
	if (!is_first(number))
		end_process(number);
	for (; listener; listener = atomic_load(&listener->next))
		tell_ranks(listener, number);
}

static void handle(int number)
{
	const int saved = errno;

	/* A forked copy has no sweep to stop, and its memory may be another
	 * process's, as after vfork: it writes nothing. */
	if (stop.pid == getpid()) {
		atomic_fetch_add(&stop.inside, 1);
		take_signal(number);
		atomic_fetch_sub(&stop.inside, 1);
	} else
		pass_on(number);
	errno = saved;
}

/* What is ignored stays so: a shell without job control ignores SIGINT for what
 * runs in the background. */
static void install_handlers(void)
{
	struct sigaction action = {.sa_handler = handle,
	                           .sa_flags = SA_RESTART};

	sigemptyset(&action.sa_mask);
	for (int i = 0; i < SIGNALS; i++)
		sigaddset(&action.sa_mask, numbers[i]);
	for (int i = 0; i < SIGNALS; i++) {
		struct sigaction now;
		sigaction(numbers[i], NULL, &now);
		/* An inherited one of ours is none of the program's. */
		if (now.sa_handler == handle || now.sa_handler == SIG_IGN)
			continue;
		stop.before[i] = now;
		stop.replaced[i] = true;
		sigaction(numbers[i], &action, NULL);
	}
}

/* Where the program has not put a handler in place of ours meanwhile. */
static void uninstall_handlers(void)
{
	for (int i = 0; i < SIGNALS; i++) {
		struct sigaction now;
		sigaction(numbers[i], NULL, &now);
		if (stop.replaced[i] && now.sa_handler == handle)
			sigaction(numbers[i], &stop.before[i], NULL);
		stop.replaced[i] = false;
	}
}

static void add_listener(struct stop_listener *listener)
{
	if (stop.pid != getpid()) {
		/* Of the process that this one was forked from. */
		atomic_store(&stop.listeners, NULL);
		atomic_store(&stop.inside, 0);
	}
	if (!atomic_load(&stop.listeners)) {
		atomic_store(&stop.got, 0);
		atomic_store(&stop.when, 0);
	}
	atomic_store(&listener->next, atomic_load(&stop.listeners));
	atomic_store(&stop.listeners, listener);
	stop.pid = getpid();
}

void signal_stop_arm(struct stop_listener *listener)
{
	if (listener->armed)
		return;
	listener->armed = true;
	add_listener(listener);
	install_handlers();
	/* A signal that came earlier stops this group as it did others. */
	const int got = atomic_load(&stop.got);
	if (got)
		tell_ranks(listener, got);
}

/* The link that points to `listener`. */
static _Atomic(struct stop_listener *) *
find_link(const struct stop_listener *listener)
{
	_Atomic(struct stop_listener *) *link = &stop.listeners;

	while (atomic_load(link) && atomic_load(link) != listener)
		link = &atomic_load(link)->next;
	return link;
}

void signal_stop_disarm(struct stop_listener *listener)
{
	const int saved = errno;
	_Atomic(struct stop_listener *) *link = find_link(listener);

	if (!listener->armed || !atomic_load(link))
		return;
	struct stop_listener *next = atomic_load(&listener->next);
	atomic_store(&stop.known, signal_stop_pending(listener->stats));
	if (link == &stop.listeners && !next)
		uninstall_handlers();
	atomic_store(link, next);
	/* In a copy nobody else walks the list. */
	while (stop.pid == getpid() && atomic_load(&stop.inside) > 0)
		sched_yield();
	errno = saved;
}

void signal_stop_forget(void)
{
	const struct sigaction end = {.sa_handler = SIG_DFL};

	for (int i = 0; i < SIGNALS; i++) {
		struct sigaction now;
		sigaction(numbers[i], NULL, &now);
		if (now.sa_handler == handle)
			sigaction(numbers[i], &end, NULL);
	}
}
