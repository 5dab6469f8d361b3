/* The mp backend as the rest of the library sees it. */
#ifndef COHORT_MP_MP_BACKEND_H
#define COHORT_MP_MP_BACKEND_H

#include "common/core/backend.h"

extern const struct backend mp_backend;

/* The table of a group over sockets: mp_backend's `open` chooses it. */
extern const struct backend mp_socket_backend;

struct mp_group;
struct mp_world;

/* Fill in this rank's group over a world, whose transport is complete. */
void mp_group_prepare(struct mp_group *group, struct mp_world *world,
                      double timeout);

/* Whether this process is a rank of a world. */
bool mp_is_running(void);

#endif
