/*
 * The monitor: a process that forks the peers, and then does nothing but sleep
 * until one of them, or rank 0, ends.
 *
 * - A peer ends: how is kept in the control page. If it had a group open, the
 *   world is broken, and the alarm rings.
 * - Rank 0 ends, or asks for it: every peer is killed.
 * - The monitor itself is killed: the peers die with it (PR_SET_PDEATHSIG), and
 *   rank 0 sees its monitor link cut.
 * - The last peer has ended: the monitor does.
 *
 * It blocks every signal, so that Ctrl-C does not end it before its work is
 * done, and keeps no descriptor of the program's open.
 */
#ifndef COHORT_MP_MONITOR_H
#define COHORT_MP_MONITOR_H

#include "world.h"

#include <signal.h>

/* Called in the new process. Returns in each peer, with world->rank and its
 * socket (if the transport has any) set and the signal mask `mask` restored;
 * never in the monitor. Sends rank 0 the other end of each socket over the
 * monitor link, and then rank 0 as a sign that all have started. If it fails, it
 * leaves control->failure and ends. */
void monitor_run(struct mp_world *world, int monitor_link,
                 const sigset_t *mask);

#endif
