/* How the processes of a world are started, and the start undone. */
#ifndef COHORT_MP_START_H
#define COHORT_MP_START_H

#include "common/core/backend.h"
#include "world.h"

/* Fork. Returns in every rank, with the world; on failure in rank 0 only,
 * everything undone. */
COHORT_CHECKED cohort_status start_world(const struct config *config,
                                         const struct mp_transport_hooks *hooks,
                                         struct mp_world **out);

/* The ranks did not all come to the first call: rank 0 ends its peers and
 * releases the world; a peer does not return. */
void start_undo(struct mp_world *world);

#endif
