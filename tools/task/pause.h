/* Ctrl-Z: the terminal stops the ranks, but tasks are in process groups of
 * their own. A rank that is stopped stops its task before, and lets it go on
 * afterwards. */
#ifndef TOOLS_TASK_PAUSE_H
#define TOOLS_TASK_PAUSE_H

#include <stdatomic.h>

/* From now on SIGTSTP stops the task whose group is *group, too, unless the
 * process that called us ignores or handles that signal. 0: there is none. */
void pause_begin(const _Atomic int *group);

void pause_end(void);

/* Seconds that this process has been stopped so since it began. */
double pause_seconds(void);

#endif
