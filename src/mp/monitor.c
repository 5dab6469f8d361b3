#define _GNU_SOURCE
#include "monitor.h"

#include "common/base/c_locale.h"
#include "common/base/descriptor.h"
#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"
#include "monitor_link.h"
#include "peer_watch.h"
#include "peers.h"
#include "private_memory.h"

#include <sys/prctl.h>
#include <unistd.h>

/* Give the monitor its own name in ps, and close the program's descriptors:
 * they include the ends of connections, which other processes see closed. */
static void detach(const struct mp_world *world, int link)
{
	const int event = world->failure_event;
	const int keep[] = {link < event ? link : event,
	                    link < event ? event : link};

	prctl(PR_SET_NAME, "cohort-monitor");
	descriptor_close_all_but(keep, 2);
}

static int say_started(const struct mp_world *world, int link)
{
	const int failed = monitor_link_send(link, 0, -1);

	if (failed)
		peers_failed(world->control, START_SENDMSG, 0);
	return failed;
}

/* Release the program's memory, except what the monitor still reads. The
 * program's locale is in that memory. The monitor must not allocate after this,
 * because the lists of malloc are gone. */
static void give_memory_back(const struct mp_world *world)
{
	const struct kept_memory kept[] = {
	    {world, sizeof(*world)},
	    {world->pids, (size_t)world->size * sizeof(*world->pids)},
	    {world->control, control_bytes(world->size)},
	    {world->stats, worker_stats_bytes(world->size)},
	    {world->states, rank_states_bytes(world->size)},
	};

	c_locale_stay();
	private_memory_release(kept, sizeof(kept) / sizeof(*kept));
}

void monitor_run(struct mp_world *world, int link, const sigset_t *mask)
{
	struct peer_sleep_actions program;
	struct peer_watch watch = peer_watch_begin(world, link, &program);
	const enum peers_started started = peers_start(&watch, mask, &program);

	if (started == PEERS_IN_PEER)
		return;
	if (started == PEERS_FAILED) {
		peer_watch_end(&watch);
		_exit(1);
	}
	detach(world, link);
	if (say_started(world, link)) {
		peer_watch_end(&watch);
		_exit(1);
	}
	watch.at_rest = give_memory_back;
	peer_watch_run(&watch);
	_exit(0);
}
