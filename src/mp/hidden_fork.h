/* A child process that the program does not notice. */
#ifndef COHORT_MP_HIDDEN_FORK_H
#define COHORT_MP_HIDDEN_FORK_H

#include <sys/types.h>

/*
 * As fork, but the child raises no SIGCHLD and the program's own wait calls do
 * not find it; only hidden_wait does. The C library does not know that it is in
 * a child, so the child must do little. If the system does not allow such a
 * child, or if the program has more than one thread, which might hold locks of
 * the C library, it is an ordinary fork.
 */
pid_t hidden_fork(int threads);

/* Wait for the end of a child of either kind, also when signals interrupt.
 * Returns 0, or -1 if there is no such child any more: the program ignores
 * SIGCHLD, or has waited for it itself. */
int hidden_wait(pid_t pid);

#endif
