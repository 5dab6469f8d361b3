/*
 * How the monitor watches the peers, whose parent it is, and rank 0.
 *
 * - A peer ends: the monitor records how in the control page. If the peer had a
 *   group open, that breaks the world.
 * - Rank 0 ends, or shuts the link down: the monitor kills every peer.
 * - A rank calls cohort_abort: the monitor kills every peer, and rank 0 if it
 *   does not leave by itself.
 * - The monitor is killed: the kernel kills the peers (PR_SET_PDEATHSIG), and
 *   rank 0 sees its end of the link closed.
 *
 * The kernel tells the monitor of the end of a peer by SIGCHLD, and of rank 0
 * by SIGCONT, which reaches a stopped monitor, too: it needs no descriptor for
 * each of them. That is after it has freed the memory of the process. The mark
 * on the rank's mutex (liveness.h) comes before, so the monitor waits for marks
 * too, and then acts as if the rank were gone: ranks that work do not look for
 * marks, but see that the world is broken.
 */
#ifndef COHORT_MP_PEER_WATCH_H
#define COHORT_MP_PEER_WATCH_H

#include "peer_sleep.h"
#include "world.h"

#include <signal.h>

struct peer_watch {
	struct mp_world *world;
	struct peer_sleep sleep;
	int link;      /* to rank 0 */
	pid_t root;    /* rank 0 */
	int found;     /* rank of the last peer whose end was recorded */
	bool ending;   /* every peer has been killed */
	double unsure; /* seconds until marked ranks are looked at again; 0: it
	                * is known what became of all of them */
	/* The monitor calls it once, when nothing has happened for 0.1 s, so
	 * that it takes no core from ranks that are opening. NULL: nothing to
	 * do. */
	void (*at_rest)(const struct mp_world *world);
};

/* Before the first peer is forked, with all signals blocked. *program receives
 * the program's own actions. */
struct peer_watch peer_watch_begin(struct mp_world *world, int link,
                                   struct peer_sleep_actions *program);

/* While peers are forked, between two forks: record the ends of peers. False if
 * rank 0 is gone, so that no more peers are needed. Cost: two system calls. */
bool peer_watch_glance(struct peer_watch *watch);

/* Watch until no peer is left. */
void peer_watch_run(struct peer_watch *watch);

/* Kill every peer, and wait for their ends. */
void peer_watch_end(struct peer_watch *watch);

#endif
