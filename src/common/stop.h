/* The signals that stop sweeps, for programs that want that. */
#ifndef COHORT_COMMON_STOP_H
#define COHORT_COMMON_STOP_H

#include "cohort.h"

/* The signal that stops the sweeps of this group; 0: none. One load. */
int stop_signal(const cohort *group);

/* The group is being closed: the last one that asked for signals gives the
 * program its own handlers back. Nothing if it had not asked. */
void stop_disarm(cohort *group);

/* In a child forked for tasks: the signals that stop sweeps end it. */
void stop_forget(void);

#endif
