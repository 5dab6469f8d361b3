/* Process groups of tasks. */
#ifndef TOOLS_TASK_PROCESS_GROUP_H
#define TOOLS_TASK_PROCESS_GROUP_H

#include <sys/types.h>

/*
 * A process of the group, other than its leader, that has not ended; 0 if there
 * is none, or if the system does not say. `likely` is looked at first, unless
 * it is 0; without it the cost grows with the number of processes.
 */
pid_t process_group_member(pid_t group, pid_t likely);

#endif
