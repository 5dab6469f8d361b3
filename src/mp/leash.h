/* What goes over the socket between rank 0 and the keeper: descriptors, and at
 * last its end. */
#ifndef COHORT_MP_LEASH_H
#define COHORT_MP_LEASH_H

#include <stdbool.h>

/* A rank, and a descriptor that leads to it; -1 for none. Returns -1 with errno
 * if that failed; 0 as errno, to the receiver, says that the other end is gone.
 * The receiver owns the descriptor that it gets. */
int leash_send(int leash, int rank, int fd);
int leash_receive(int leash, int *rank, int *fd);

/* Sleep until the other end is gone, `most_ms` milliseconds at the most (-1: no
 * limit). Whether it is. */
bool leash_wait_cut(int leash, int most_ms);

#endif
