#ifndef TOOLS_TASK_CLOSE_ON_EXEC_H
#define TOOLS_TASK_CLOSE_ON_EXEC_H

#include <stdbool.h>

/*
 * Mark all descriptors above standard error, so that execve closes them: those
 * of a launcher are among them. Makes system calls only, and so may be called
 * after vfork. False with errno if the system refuses.
 */
bool close_on_exec(void);

#endif
