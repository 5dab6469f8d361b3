/* The mp backend as the rest of the library sees it. */
#ifndef COHORT_MP_MP_BACKEND_H
#define COHORT_MP_MP_BACKEND_H

#include "common/core/backend.h"

extern const struct backend mp_backend;

/* The table of a group over sockets: mp_backend's `open` chooses it. */
extern const struct backend mp_socket_backend;

/* Whether this process is a rank of a world. */
bool mp_is_running(void);

#endif
