/* cohort_open, cohort_close, cohort_abort, and the groups of the process. */
#ifndef COHORT_COMMON_CORE_OPEN_H
#define COHORT_COMMON_CORE_OPEN_H

#include <stdatomic.h>

/* Make this process, a forked copy of a rank, one that only runs the rank's
 * tasks: it opens no groups, and cohort_abort stores GROUP_ABORTED + the exit
 * code to *aborted, so that the rank aborts. */
enum { GROUP_ABORTED = 0x100 };
void group_become_task(_Atomic int *aborted);

#endif
