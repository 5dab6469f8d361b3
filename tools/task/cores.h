/* Cores for tasks that are pinned. */
#ifndef TOOLS_TASK_CORES_H
#define TOOLS_TASK_CORES_H

#include <sched.h>
#include <stdbool.h>

/* Number of cores that this process may run on. */
int cores_allowed(void);

/* The cores of a slot: `each` of those that the process may run on. False if
 * there are not so many. */
bool cores_of_slot(int slot, int each, cpu_set_t *out);

#endif
