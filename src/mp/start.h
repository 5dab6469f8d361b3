/* Start the processes of a world, and undo the start. */
#ifndef COHORT_MP_START_H
#define COHORT_MP_START_H

#include "common/core/backend.h"
#include "world.h"

/* Fork the ranks. On success it returns in every rank, and *out is the world,
 * which is world_current now. On failure it returns in rank 0 only, and leaves
 * nothing behind. */
COHORT_CHECKED cohort_status start_world(const struct config *config,
                                         const struct mp_transport_hooks *hooks,
                                         struct mp_world **out);

/* The first call of all ranks has failed: rank 0 ends its peers and releases
 * the world. A peer does not return. */
void start_undo(struct mp_world *world);

/* The two parts of start_undo in rank 0: kill the peers that are left, and wait
 * for the monitor; then release the world. */
void start_end_peers(struct mp_world *world);
void start_release(struct mp_world *world);

#endif
