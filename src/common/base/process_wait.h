/* The ends of child processes. */
#ifndef COHORT_COMMON_BASE_PROCESS_WAIT_H
#define COHORT_COMMON_BASE_PROCESS_WAIT_H

#include <sys/types.h>
#include <sys/wait.h>

/*
 * Take the status of a child that has ended: of `pid`, or of any if it is -1.
 * `options` is 0, or WNOHANG: then info->si_pid is 0 if none has ended. *info
 * receives si_pid, si_code and si_status. Returns 0, or -1 with errno, which is
 * ECHILD if there is no such child, and never EINTR.
 */
int process_wait(pid_t pid, int options, siginfo_t *info);

#endif
