/* What goes over the socket between rank 0 and the monitor: descriptors, and at
 * last its end. */
#ifndef COHORT_MP_MONITOR_LINK_H
#define COHORT_MP_MONITOR_LINK_H

#include <stdbool.h>

/* A rank, and a descriptor that leads to it; -1 for none. Returns -1 with errno
 * if that failed; 0 as errno, to the receiver, says that the other end is gone.
 * The receiver owns the descriptor that it gets. */
int monitor_link_send(int monitor_link, int rank, int fd);
int monitor_link_receive(int monitor_link, int *rank, int *fd);

/* Sleep until the other end is gone, `most_ms` milliseconds at the most (-1: no
 * limit). Whether it is. */
bool monitor_link_wait_cut(int monitor_link, int most_ms);

#endif
