/* In a program that ignores SIGCHLD the kernel keeps no exit statuses. */
#ifndef COHORT_COMMON_SWEEP_SIGCHLD_H
#define COHORT_COMMON_SWEEP_SIGCHLD_H

#include <signal.h>

/* Have the kernel keep exit statuses, until sigchld_restore. */
void sigchld_keep_statuses(struct sigaction *saved);
void sigchld_restore(const struct sigaction *saved);

#endif
