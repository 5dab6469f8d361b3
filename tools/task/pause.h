/* Processes that are stopped for a while. Ctrl-Z: the terminal stops the ranks,
 * but tasks are in process groups of their own. A rank that is stopped stops
 * its task before, and lets it go on afterwards. */
#ifndef TOOLS_TASK_PAUSE_H
#define TOOLS_TASK_PAUSE_H

#include <stdatomic.h>

/* From now on SIGTSTP stops the task whose group is *group, too, unless the
 * process that called us ignores or handles that signal. 0: there is none. */
void pause_begin(const _Atomic int *group);

void pause_end(void);

/* A whole job may be stopped by SIGSTOP or a freezer, of which nothing tells. A
 * sleep of at most `asked` seconds has taken `took`, by pause_clock: if that is
 * a second more, this process did not run. */
void pause_notice(double took, double asked);

/* Seconds on a clock that nobody sets, without those for which this process was
 * stopped. */
double pause_clock(void);

#endif
