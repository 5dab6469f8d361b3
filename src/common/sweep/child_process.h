/* A forked copy of this process that may end in any way. */
#ifndef COHORT_COMMON_SWEEP_CHILD_PROCESS_H
#define COHORT_COMMON_SWEEP_CHILD_PROCESS_H

#include "common/base/fork_hooks.h"

#include <stdbool.h>
#include <sys/types.h>

struct child_process {
	pid_t pid;
	int pidfd; /* -1: the system has none, and the child's end is polled */
};

enum child_event { CHILD_NO_EVENT, CHILD_FD_READABLE, CHILD_ENDED };

/* How a child ended. */
struct child_end {
	bool known; /* false if the program itself has waited for it */
	bool signalled;
	int number; /* of the signal; otherwise the exit status */
};

/*
 * Flush the streams and fork. Returns 0 in the parent, 1 in the child, -1 with
 * errno if there is no child. Calls the hooks before the fork and in the
 * parent; the child calls its own when it is ready for the program's code. The
 * child leads a process group of its own, is
 * killed when the thread that forked it ends, and runs none of the program's
 * exit handlers in an exit(). Reading from or writing to the terminal does not
 * stop it, as it would other processes in the background; a read fails.
 */
int child_process_start(const struct fork_hooks *hooks,
                        struct child_process *out);

/* Sleep until the child has ended, `fd` is readable, or `seconds` have passed,
 * or until `wake` is readable: then the event may be CHILD_NO_EVENT. Either
 * descriptor may be -1. */
enum child_event child_process_wait(const struct child_process *child, int fd,
                                    int wake, double seconds);

/* Send a signal to the child's process group, and to the child if it has left
 * its group. Does nothing if the program has taken the child's status. */
void child_process_signal(const struct child_process *child, int number);

/* After CHILD_ENDED, and when the rest of its process group has been killed:
 * take its status, and close the pidfd. */
struct child_end child_process_reap(struct child_process *child);

#endif
