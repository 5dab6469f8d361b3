/* Bytes between two ranks over their socket. Only this file handles short
 * transfers and interrupted calls. */
#ifndef COHORT_MP_SOCKET_CHANNEL_H
#define COHORT_MP_SOCKET_CHANNEL_H

#include "mp/wait.h"

/* Send to, or receive from, a rank that this one has a socket to. They return
 * when all `bytes` bytes are through, or with the failure of the world. */
COHORT_CHECKED cohort_status channel_send(struct wait *wait, int rank,
                                          const void *data, size_t bytes);
COHORT_CHECKED cohort_status channel_recv(struct wait *wait, int rank,
                                          void *data, size_t bytes);

/* Send a few bytes if the socket takes them at once. If it is full, the bytes
 * in it wake the receiver as well. */
void channel_nudge(const struct mp_world *world, int rank, const void *data,
                   size_t bytes);

#endif
