/* The socket transport: a star of stream sockets, one between rank 0 and each
 * peer. This header has its hooks and its slots of the backend interface that
 * are no collectives (socket_collectives.h). */
#ifndef COHORT_MP_SOCKET_SOCKET_TRANSPORT_H
#define COHORT_MP_SOCKET_SOCKET_TRANSPORT_H

#include "mp/mp_transport.h"

#include <stddef.h>

struct call;
struct world;

extern const struct mp_transport_hooks socket_transport;

/* This rank refuses the call that its peers may be in. */
void socket_refuse(struct world *base, const struct call *call);

#endif
