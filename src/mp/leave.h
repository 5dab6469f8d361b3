/* The exit of the ranks of a world. */
#ifndef COHORT_MP_LEAVE_H
#define COHORT_MP_LEAVE_H

#include "world.h"

/* A handler for on_exit, registered by every rank; `world` is the struct
 * mp_world. In rank 0 it waits until the peers have ended. A peer leaves the
 * process here: the remaining handlers were registered by the program before
 * the fork, and must run in rank 0 only. */
void leave_world(int status, void *world);

#endif
