/*
 * A process beside a rank that ends the rank's task, with all processes of its
 * group, if the rank dies, however it dies: the kernel would kill the task's
 * first process only. It sleeps until then.
 */
#ifndef TOOLS_TASK_GUARD_H
#define TOOLS_TASK_GUARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

struct guard {
	pid_t pid;          /* 0: there is none */
	int pipe;           /* which ends with the rank */
	_Atomic int *group; /* of the task that runs, 0: none; in memory that
	                     * both processes have */
};

/* Start it; false with a sentence if the system refuses. */
bool guard_open(struct guard *guard);

void guard_close(struct guard *guard);

#endif
