/* The socket transport: a star of stream sockets, one between rank 0 and each
 * peer. */
#ifndef COHORT_MP_SOCKET_SOCKET_TRANSPORT_H
#define COHORT_MP_SOCKET_SOCKET_TRANSPORT_H

#include "mp/mp_transport.h"

extern const struct mp_transport_hooks socket_transport;

#endif
