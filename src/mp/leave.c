#define _GNU_SOURCE /* on_exit */
#include "leave.h"

#include "common/base/flush_streams.h"
#include "common/base/time_limit.h"
#include "common/base/worker_stats.h"
#include "hidden_fork.h"
#include "monitor_link.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	TICK_MS = 20,
	GRACE_MS = 1000 /* for peers that may be stuck */
};

/* Sleep for at most TICK_MS. Whether all peers have ended. */
static bool await_cut(const struct mp_world *world)
{
	if (monitor_link_wait_cut(world->monitor_link, TICK_MS))
		return true;
	const int aborted = atomic_load(&world->control->aborted);
	if (aborted)
		_exit(aborted & ~ABORTED);
	/* A stopped monitor sees no end. Nothing else would let it go on, if
	 * somebody has stopped it alone. */
	if (world->monitor > 0)
		kill(world->monitor, SIGCONT);
	return false;
}

bool leave_await_peers(const struct mp_world *world, double most_seconds)
{
	struct time_limit limit = time_limit_in(most_seconds);
	int stuck_ms = 0;

	while (!await_cut(world)) {
		if (time_limit_passed(&limit))
			return false;
		if (control_has_stuck(world->control))
			stuck_ms += TICK_MS;
		if (stuck_ms >= GRACE_MS)
			return false;
	}
	return true;
}

/* After a deadline or an interrupt a peer may never end by itself: then all of
 * them are killed after GRACE_MS. */
static void await_or_kill_peers(struct mp_world *world)
{
	int waited_ms = 0;

	while (!await_cut(world)) {
		if (!control_has_stuck(world->control))
			continue;
		waited_ms += TICK_MS;
		if (waited_ms >= GRACE_MS)
			shutdown(world->monitor_link, SHUT_RDWR);
	}
	hidden_wait(world->monitor);
}

/* Keep rank 0 until its peers have ended. If its exit status is 0, replace it
 * by the first of theirs that is not 0: when a handler calls exit, glibc runs
 * the handlers that are left, and takes the last status. */
static void leave_root(struct mp_world *world, int status)
{
	struct control_page *control = world->control;

	control->records[0].end = status & 0xff;
	if (atomic_load(&control->records[0].groups) > 0) {
		const struct world_failure failure = world_end(world, 0);
		world_break(world, &failure);
	}
	atomic_store(&control->records[0].gone, 1);
	atomic_fetch_add(&control->gone, 1);
	control_announce(control);
	if (world->monitor > 0)
		await_or_kill_peers(world);
	world_leave(world);
	const int first = atomic_load(&control->exit_status);
	if ((status & 0xff) == 0 && first != 0)
		exit(first);
}

/* The task that the rank runs is not what ends it, if another thread does. */
static void clear_task(const struct mp_world *world)
{
	if (atomic_load(&world->caller) != &errno)
		counter_write(&world->stats->ranks[world->rank].running, 0);
}

static void leave_world(int status, void *unused)
{
	struct mp_world *world = world_current();

	(void)unused;
	if (!world)
		return;
	clear_task(world);
	if (world->rank == 0) {
		leave_root(world, status);
		return;
	}
	flush_streams();
	clear_task(world);
	_exit(status);
}

/* Rank 0 registers the handler once, since a handler stays for ever and a
 * process may have many worlds, one after the other. A peer registers it after
 * its fork, so that it runs before the handlers that rank 0 had until then. */
bool leave_register(void)
{
	static pid_t registered_by;

	if (registered_by == getpid())
		return true;
	if (on_exit(leave_world, NULL))
		return false;
	registered_by = getpid();
	return true;
}
