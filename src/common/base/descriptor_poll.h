/* Waiting for descriptors, also where poll is refused. */
#ifndef COHORT_COMMON_BASE_DESCRIPTOR_POLL_H
#define COHORT_COMMON_BASE_DESCRIPTOR_POLL_H

#include <poll.h>
#include <signal.h>
#include <time.h>

/*
 * As ppoll. Also works where poll does not: with more descriptors than
 * RLIMIT_NOFILE allows now, which poll answers with EINVAL, and in a sandbox
 * that refuses ppoll. There it uses pselect, which has no such limit.
 *
 * If neither works, returns -1 with errno after a pause of some milliseconds,
 * so that a caller who looks for what it waits for in another way, in a loop,
 * does not keep a core busy.
 */
int descriptor_poll(struct pollfd polls[], nfds_t count,
                    const struct timespec *most, const sigset_t *mask);

/* The same with a limit in milliseconds, at least 0, and without a mask. */
int descriptor_poll_ms(struct pollfd polls[], nfds_t count, int most_ms);

#endif
