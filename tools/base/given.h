/*
 * What the command finds when it starts and must change for itself: standard
 * streams that are closed, as daemons and cron jobs leave them, and signals
 * that a system call would raise or that another program has told the kernel
 * to ignore.
 */
#ifndef TOOLS_BASE_GIVEN_H
#define TOOLS_BASE_GIVEN_H

#include <stdbool.h>

/*
 * Call it first. Where standard streams are closed, /dev/null is in their place
 * from now on: no pipe or file of ours gets one of their numbers, on which
 * others would write messages. A file that may not grow is an error and ends
 * nobody, and exit statuses of children are kept. False if /dev/null cannot be
 * opened and is needed.
 */
bool given_prepare(void);

/* From now on nobody is ended because a reader of a pipe has gone: writing is
 * an error. */
void given_ignore_broken_pipes(void);

/* In a process that becomes another program: the signals are as they were
 * found. Makes system calls only, and so may be called after vfork. */
void given_restore(void);

#endif
