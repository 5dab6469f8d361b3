/* The socket between rank 0 and the monitor. At the start it carries
 * descriptors; later it tells each of the two that the other has ended. */
#ifndef COHORT_MP_MONITOR_LINK_H
#define COHORT_MP_MONITOR_LINK_H

#include <stdbool.h>

/* Send, or receive, a rank and a descriptor that leads to it; -1: no
 * descriptor. Returns 0, or -1 with errno; to the receiver, errno 0 says that
 * the other end is closed. The receiver owns the descriptor. */
int monitor_link_send(int link, int rank, int fd);
int monitor_link_receive(int link, int *rank, int *fd);

/* Whether this end is closed: the program has closed what it did not open. */
bool monitor_link_is_lost(int link);

/* Whether the other end is closed. */
bool monitor_link_is_cut(int link);

/* The same, after a sleep of at most `most_ms` milliseconds that its end
 * ends. */
bool monitor_link_wait_cut(int link, int most_ms);

#endif
