#define _GNU_SOURCE
#include "peers.h"

#include "common/base/descriptor.h"
#include "common/base/flush_streams.h"
#include "monitor_link.h"

#include <errno.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { EXIT_KILLED = 128 + SIGKILL }; /* as a shell says it */

void peers_failed(struct control_page *control, enum start_step step, int rank)
{
	control->start_failure =
	    (struct start_failure){.step = step, .number = errno, .rank = rank};
}

/* The first steps of a peer. It must not outlive the monitor, which may have
 * ended before the kernel was asked to end the peer with it. */
static void become_peer(struct mp_world *world, int rank, int connection,
                        pid_t monitor)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != monitor)
		_exit(EXIT_KILLED);
	world->rank = rank;
	world->last_checked = rank; /* each rank begins elsewhere */
	world->pid = getpid();
	world->parent = monitor;
	drop_inherited_output();
	if (connection >= 0)
		world->transport->hooks->attach(world->transport, 0,
		                                connection);
}

/* The connection between rank 0 and a peer, if the transport needs one. */
static int connect_peer(const struct mp_world *world, int rank, int ends[2])
{
	const struct mp_transport_hooks *hooks = world->transport->hooks;

	ends[0] = -1;
	ends[1] = -1;
	if (!hooks->connect || !hooks->connect(ends))
		return 0;
	peers_failed(world->control, START_SOCKETPAIR, rank);
	return -1;
}

static enum peers_started start_peer(struct mp_world *world, int link, int rank)
{
	const pid_t monitor = getpid();
	enum peers_started started = PEERS_STARTED;
	int ends[2];

	if (connect_peer(world, rank, ends))
		return PEERS_FAILED;
	const pid_t pid = fork();
	if (pid == 0) {
		descriptor_close(&ends[0]);
		become_peer(world, rank, ends[1], monitor);
		return PEERS_IN_PEER;
	}
	if (pid < 0) {
		peers_failed(world->control, START_FORK, rank);
		started = PEERS_FAILED;
	} else {
		world->pids[rank] = pid;
	}
	if (pid > 0 && ends[0] >= 0 && monitor_link_send(link, rank, ends[0])) {
		peers_failed(world->control, START_SENDMSG, rank);
		started = PEERS_FAILED;
	}
	descriptor_close(&ends[0]);
	descriptor_close(&ends[1]);
	return started;
}

enum peers_started peers_start(struct peer_watch *watch, const sigset_t *mask,
                               const struct peer_sleep_actions *program)
{
	struct mp_world *world = watch->world;
	enum peers_started started = PEERS_STARTED;

	for (int r = 1; r < world->size && started == PEERS_STARTED; r++)
		started = peer_watch_glance(watch)
		              ? start_peer(world, watch->link, r)
		              : PEERS_FAILED;
	if (started == PEERS_IN_PEER) {
		close(watch->link);
		peer_sleep_restore(program);
		sigprocmask(SIG_SETMASK, mask, NULL);
	}
	return started;
}
