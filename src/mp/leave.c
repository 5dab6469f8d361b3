#define _POSIX_C_SOURCE 200809L
#include "leave.h"

#include "common/base/flush_streams.h"
#include "hidden_fork.h"
#include "monitor_link.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	TICK_MS = 20,
	GRACE_MS = 1000 /* for peers that may be stuck */
};

/* Wait until all peers have ended, or until one of them has called
 * cohort_abort. After a deadline or an interrupt a peer may never end by
 * itself: then all of them are killed after GRACE_MS. */
static void await_peers(struct mp_world *world)
{
	const struct control_page *control = world->control;
	int waited_ms = 0;

	while (!monitor_link_wait_cut(world->monitor_link, TICK_MS)) {
		const int aborted = atomic_load(&control->aborted);
		if (aborted)
			_exit(aborted & ~ABORTED);
		/* A stopped monitor sees no end. Nothing else would let it go
		 * on, if somebody has stopped it alone. */
		if (world->monitor > 0)
			kill(world->monitor, SIGCONT);
		if (!control_has_stuck(control))
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
		await_peers(world);
	world_set_current(NULL);
	const int first = atomic_load(&control->exit_status);
	if ((status & 0xff) == 0 && first != 0)
		exit(first);
}

void leave_world(int status, void *arg)
{
	struct mp_world *world = arg;

	if (world != world_current())
		return;
	if (world->rank == 0) {
		leave_root(world, status);
		return;
	}
	flush_streams();
	_exit(status);
}
