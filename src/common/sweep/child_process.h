/* A forked copy of this process that may come to any end. */
#ifndef COHORT_COMMON_SWEEP_CHILD_PROCESS_H
#define COHORT_COMMON_SWEEP_CHILD_PROCESS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct child_process {
	pid_t pid;
	int pidfd; /* -1: there are none; then its end is looked for often */
};

enum child_event { CHILD_NOTHING, CHILD_ASKS, CHILD_ENDED };

/* How it ended. */
struct child_end {
	bool known; /* not if the program itself waited for it */
	bool signalled;
	int number; /* of the signal, or the exit status */
};

/*
 * Fork, with streams flushed before. 0 in the parent, 1 in the child, -1 with
 * errno. The child leads a process group of its own, dies with the thread that
 * forked it, and an exit() in it runs none of the handlers that the program
 * registered before. Terminal stops do not concern it: it cannot read from one.
 */
int child_process_start(struct child_process *out);

/* Sleep until it has ended, `fd` (if not -1) is readable, or `seconds` have
 * passed. */
enum child_event child_process_wait(const struct child_process *child, int fd,
                                    double seconds);

/* Send its process group a signal, and itself, should it have left that. */
void child_process_signal(const struct child_process *child, int number);

/* After CHILD_ENDED: ends what is left of its group, takes its status, and
 * releases. */
struct child_end child_process_reap(struct child_process *child);

/* In a program that ignores SIGCHLD the kernel keeps no status. Heed it until
 * child_process_unheed, which brings back what was. */
void child_process_heed(struct sigaction *saved);
void child_process_unheed(const struct sigaction *saved);

#endif
