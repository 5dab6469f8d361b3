/*
 * Every collective call over sockets begins with a call check: each peer tells
 * rank 0 that it has entered the call; rank 0 compares the calls and lets the
 * peers go on. So no rank sends data or writes a buffer before all ranks are
 * known to be in the same call. The check uses the same sockets for every call,
 * so ranks that made different calls still find each other.
 * Cost: two small messages for each peer, all through rank 0.
 */
#ifndef COHORT_MP_SOCKET_CALL_CHECK_H
#define COHORT_MP_SOCKET_CALL_CHECK_H

#include "mp/wait.h"

/* `counts`: for a call that gathers parts, how many elements each rank has to
 * send. Rank 0 and the root pass it if they have it; all others pass NULL. */
COHORT_CHECKED cohort_status call_check(struct wait *wait,
                                        const size_t counts[]);

/* This rank refuses the call that its peers may be in. */
void call_check_refuse(struct mp_world *world, const struct call *call);

#endif
