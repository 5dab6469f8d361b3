/* The signals that stop sweeps, for programs that want that. */
#ifndef COHORT_COMMON_SWEEP_SIGNAL_STOP_H
#define COHORT_COMMON_SWEEP_SIGNAL_STOP_H

#include "cohort.h"

/* The signal that stops the sweeps of this group; 0: none. One load. */
int signal_stop_pending(const cohort *group);

/* The group is being closed: the last one that asked for signals gives the
 * program its own handlers back. Nothing if it had not asked. */
void signal_stop_disarm(cohort *group);

/* In a child forked for tasks: the signals that stop sweeps end it. */
void signal_stop_forget(void);

#endif
