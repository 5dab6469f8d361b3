/* Children that the program does not see. */
#ifndef COHORT_MP_HIDDEN_FORK_H
#define COHORT_MP_HIDDEN_FORK_H

#include <sys/types.h>

/*
 * fork, but a child that the program's own wait calls do not see and that
 * raises no SIGCHLD: only hidden_wait does. The child must do little: the
 * C library does not know of it. Where that cannot be had, or where other
 * threads might hold the C library's locks, it is an ordinary fork.
 */
pid_t hidden_fork(int threads);

/* Wait for a child of either kind; interrupted waits go on. 0, or -1 if there
 * is no such child, because the program ignores SIGCHLD or has waited for it
 * itself. */
int hidden_wait(pid_t pid);

#endif
