/* The exit of the ranks of a world. */
#ifndef COHORT_MP_LEAVE_H
#define COHORT_MP_LEAVE_H

#include "world.h"

/* Every rank calls it when its world has started: from then on `exit` leaves
 * the world. In rank 0 it waits until the peers have ended. A peer leaves the
 * process in it: the remaining handlers were registered by the program before
 * the fork, and must run in rank 0 only. False if there is no memory for a
 * handler. */
bool leave_register(void);

/* In rank 0: wait until all peers have ended, or for `most_seconds` (0: without
 * limit), and no longer than a second if some may never end by themselves.
 * False if some are left. Does not return if a rank has called cohort_abort. */
bool leave_await_peers(const struct mp_world *world, double most_seconds);

#endif
