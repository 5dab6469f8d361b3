/* Cores for tasks that are pinned. */
#ifndef TOOLS_TASK_CORES_H
#define TOOLS_TASK_CORES_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

/* Number of cores that this process may run on. */
int cores_allowed(void);

/*
 * Deal the cores of one machine to `count` processes, `each` to a process.
 * allowed[i] are the cores on which process i may run. It gets cores of its
 * own as far as there are enough of them, and otherwise cores on which others
 * may run. own[i] receives them; it is empty if there are no more.
 */
void cores_deal(const cpu_set_t allowed[], size_t count, int each,
                cpu_set_t own[]);

#endif
