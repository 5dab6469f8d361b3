/* How the processes of a world leave the program. */
#ifndef COHORT_MP_LEAVE_H
#define COHORT_MP_LEAVE_H

#include "world.h"

/* Every rank registers it with on_exit; `world` is its struct mp_world. In rank
 * 0 it waits for the peers to end. In a peer it ends the process: the handlers
 * that the program registered before the fork are rank 0's, and run after this
 * one. */
void leave_world(int status, void *world);

#endif
