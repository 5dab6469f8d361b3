/*
 * A control group of a rank's tasks that limits their memory, all processes of
 * a task together. The kernel gives one to those who may write to the group
 * that they are in (version 1, or the root of version 2), or to the one above
 * it that passes the memory controller on (version 2).
 */
#ifndef TOOLS_TASK_MEMORY_GROUP_H
#define TOOLS_TASK_MEMORY_GROUP_H

#include <stdbool.h>
#include <stdint.h>

struct memory_group {
	char *folder;  /* NULL: there is none */
	int processes; /* descriptor to which a process that joins writes */
	int version;
	uint64_t kills; /* before the task that runs */
};

/* Make a group with so many bytes of memory. False, and nothing is left, if it
 * cannot be had. */
bool memory_group_open(struct memory_group *group, uint64_t bytes, int rank);

/* A task begins. */
void memory_group_begin(struct memory_group *group);

/* Whether the kernel has killed a process of the task, because the group had no
 * memory left. */
bool memory_group_has_killed(const struct memory_group *group);

void memory_group_close(struct memory_group *group);

#endif
