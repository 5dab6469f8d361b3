/* The descriptors of a process that the command has just forked. These
 * functions make system calls only, and so may be called after vfork. */
#ifndef TOOLS_TASK_DESCRIPTORS_H
#define TOOLS_TASK_DESCRIPTORS_H

#include <stdbool.h>

/*
 * Mark all descriptors above standard error, so that execve closes them: those
 * of a launcher are among them. False with errno if the system refuses.
 */
bool descriptors_close_on_exec(void);

/* Close the descriptor `least` and all above, if the system lets us. */
void descriptors_close_from(int least);

#endif
