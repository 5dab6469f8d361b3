/* The system calls that C libraries have no, or only new, wrappers for. */
#ifndef COHORT_MP_SYS_H
#define COHORT_MP_SYS_H

#include <sys/types.h>

/*
 * fork, but a child that the program's own wait calls do not see and that
 * raises no SIGCHLD: only sys_wait_hidden does. The child must do little: the
 * C library does not know of it. Where that cannot be had, or where other
 * threads might hold the C library's locks, it is an ordinary fork.
 */
pid_t sys_fork_hidden(int threads);

/* Wait for a child of either kind; interrupted waits go on. 0, or -1 if there
 * is no such child, because the program ignores SIGCHLD or has waited for it
 * itself. */
int sys_wait_hidden(pid_t pid);

/* Close all descriptors but those in `keep`, which is sorted. */
void sys_close_all_but(const int keep[], int count);

#endif
