/* The close of a scoped group: it ends the ranks of its world. */
#ifndef COHORT_MP_SCOPED_CLOSE_H
#define COHORT_MP_SCOPED_CLOSE_H

#include "world.h"

/* `in_step`: all ranks have come to the close, and leave. Otherwise rank 0
 * breaks the world, so that the calls of the peers fail, and kills those that
 * have not left after a second.
 *
 * A peer writes its output and leaves the process with status 0. Rank 0 waits
 * for the ends of all peers, for `timeout` seconds (0: without limit), releases
 * the world, and returns. COHORT_EPEER and COHORT_ETIMEOUT only if `in_step`: a
 * peer did not end well, or not in time. */
COHORT_CHECKED cohort_status scoped_close(struct mp_world *world, bool in_step,
                                          double timeout);

#endif
