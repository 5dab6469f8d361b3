/*
 * The handler writes the signal's number into the rank_states of each listener,
 * where every rank looks before it begins a task. The listeners are a list that
 * the handler may walk at any moment, in any thread. Therefore the handler
 * counts itself in and out, and a listener that has left the list waits until
 * no handler is running. A handler waits for nobody.
 */
#define _POSIX_C_SOURCE 200809L
#include "signal_stop.h"

#include "common/base/clock.h"
#include "signal_actions.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

enum {
	/* coreutils' timeout, and some launchers, send a signal to a process
	 * and to its process group. The process gets it twice, but it counts
	 * once. */
	ECHO_NS = 100 * 1000 * 1000
};

static struct {
	/* The process that the rest belongs to; not its forked copies. */
	_Atomic pid_t pid;
	_Atomic(struct stop_listener *) listeners;
	_Atomic int handlers; /* that run now */
	_Atomic int first;    /* the first signal; 0: none */
	_Atomic int64_t when; /* it came; 0: its handler has not said yet */
	/* The signal in the rank_states of the last listener, when it left. */
	_Atomic int last_known;
} stop;

/* Whether this signal stops sweeps; otherwise it is the second one, which ends
 * the process. */
static bool stops_sweeps(int number)
{
	const int64_t now = clock_ns();
	int first = 0;

	if (atomic_compare_exchange_strong(&stop.first, &first, number)) {
		atomic_store(&stop.when, now);
		return true;
	}
	const int64_t when = atomic_load(&stop.when);
	return first == number && (when == 0 || now - when < ECHO_NS);
}

static void tell_ranks(const struct stop_listener *listener, int number)
{
	stop_word_write(&listener->states->stop, (uint64_t)number);
}

static void receive_signal(int number)
{
	struct stop_listener *listener = atomic_load(&stop.listeners);

	if (!listener) {
		/* It came while the last group was closed. If another rank has
		 * stopped that group for the same signal, this thread is only
		 * late with it. */
		if (number != atomic_load(&stop.last_known))
			signal_actions_pass_on(number);
		return;
	}
	if (!stops_sweeps(number))
		signal_actions_end_process(number);
	for (; listener; listener = atomic_load(&listener->next))
		tell_ranks(listener, number);
}

static void handle_stop_signal(int number)
{
	const int saved = errno;

	/* A forked copy has no sweep to stop. It writes nothing, since its
	 * memory may be its parent's, as after vfork. */
	if (stop.pid == getpid()) {
		atomic_fetch_add(&stop.handlers, 1);
		receive_signal(number);
		atomic_fetch_sub(&stop.handlers, 1);
	} else
		signal_actions_pass_on(number);
	errno = saved;
}

static void add_listener(struct stop_listener *listener)
{
	if (stop.pid != getpid()) {
		/* The list is that of the process that forked this one. */
		atomic_store(&stop.listeners, NULL);
		atomic_store(&stop.handlers, 0);
	}
	if (!atomic_load(&stop.listeners)) {
		atomic_store(&stop.first, 0);
		atomic_store(&stop.when, 0);
	}
	atomic_store(&listener->next, atomic_load(&stop.listeners));
	atomic_store(&stop.listeners, listener);
	stop.pid = getpid();
}

bool signal_stop_arm(struct stop_listener *listener)
{
	if (listener->armed)
		return true;
	listener->armed = true;
	add_listener(listener);
	if (!signal_actions_install(handle_stop_signal)) {
		signal_stop_disarm(listener);
		return false;
	}
	/* A signal that came earlier stops this group, as it did the others. */
	const int first = atomic_load(&stop.first);
	if (first)
		tell_ranks(listener, first);
	return true;
}

/* The pointer in the list that points to `listener`, or the list's end. */
static _Atomic(struct stop_listener *) *
find_listener(const struct stop_listener *listener)
{
	_Atomic(struct stop_listener *) *link = &stop.listeners;

	while (atomic_load(link) && atomic_load(link) != listener)
		link = &atomic_load(link)->next;
	return link;
}

void signal_stop_disarm(struct stop_listener *listener)
{
	const int saved = errno;
	_Atomic(struct stop_listener *) *link = find_listener(listener);

	if (!listener->armed || !atomic_load(link))
		return;
	struct stop_listener *next = atomic_load(&listener->next);
	atomic_store(&stop.last_known, signal_stop_pending(listener->states));
	if (link == &stop.listeners && !next)
		signal_actions_restore(handle_stop_signal);
	atomic_store(link, next);
	listener->armed = false;
	/* In a forked copy no handler walks the list. */
	while (stop.pid == getpid() && atomic_load(&stop.handlers) > 0)
		sched_yield();
	errno = saved;
}

void signal_stop_forget(void)
{
	signal_actions_default(handle_stop_signal);
}
