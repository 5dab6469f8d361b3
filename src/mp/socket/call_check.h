/*
 * Every collective call over sockets begins with an agreement: rank 0 hears
 * from all that they have come, compares what they say they are calling, and
 * lets them go on. So nothing is sent, and no buffer is written, before it is
 * certain that all ranks are in the same call; and which sockets are used for
 * it does not depend on what the call is.
 * Cost: two small messages for each peer, all through rank 0.
 */
#ifndef COHORT_MP_SOCKET_CALL_CHECK_H
#define COHORT_MP_SOCKET_CALL_CHECK_H

#include "mp/wait.h"

/* `counts` is given where parts are gathered: by rank 0 and by the root, if
 * they have it; elements that each rank is to send. */
COHORT_CHECKED cohort_status agree(struct wait *wait, const size_t counts[]);

/* This rank does not take part in the call that its peers may be in. */
void call_check_refuse(struct mp_world *world, const struct call *call);

#endif
