/* Bytes between two ranks over their socket. Short transfers and interrupted
 * calls are dealt with here and nowhere else. */
#ifndef COHORT_MP_SOCKET_CHANNEL_H
#define COHORT_MP_SOCKET_CHANNEL_H

#include "mp/wait.h"

/* All of `bytes` bytes, to or from a rank that this one has a socket to. */
COHORT_CHECKED cohort_status channel_send(struct wait *wait, int rank,
                                          const void *data, size_t bytes);
COHORT_CHECKED cohort_status channel_recv(struct wait *wait, int rank,
                                          void *data, size_t bytes);

/* Send a few bytes if they fit at once. If they do not, what the socket is
 * full of will wake the receiver just as well. */
void channel_nudge(const struct mp_world *world, int rank, const void *data,
                   size_t bytes);

#endif
