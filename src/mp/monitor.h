/*
 * The monitor: a process between rank 0 and the peers. It forks the peers
 * (peers.h), and then sleeps until one of them, or rank 0, ends (peer_watch.h).
 * It blocks every signal, so that Ctrl-C does not end it before the peers, and
 * keeps none of the program's descriptors open.
 */
#ifndef COHORT_MP_MONITOR_H
#define COHORT_MP_MONITOR_H

#include "world.h"

#include <signal.h>

/* Called in the new process, with all signals blocked. Returns in each peer,
 * with world->rank set, its connection attached and the signal mask `mask`
 * restored; never in the monitor. Sends rank 0 the other end of each connection
 * over `link`, and then rank 0 as a sign that all peers have started. If the
 * start fails, it leaves control->start_failure and ends. */
void monitor_run(struct mp_world *world, int link, const sigset_t *mask);

#endif
