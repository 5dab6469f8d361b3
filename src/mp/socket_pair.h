/* Two connected ends of a byte stream between processes. */
#ifndef COHORT_MP_SOCKET_PAIR_H
#define COHORT_MP_SOCKET_PAIR_H

/* Close-on-exec, and none of them in the place of stdin, stdout or stderr.
 * Returns 0, or -1 with errno. */
int socket_pair(int ends[2]);

#endif
