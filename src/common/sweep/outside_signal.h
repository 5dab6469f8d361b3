#ifndef COHORT_COMMON_SWEEP_OUTSIDE_SIGNAL_H
#define COHORT_COMMON_SWEEP_OUTSIDE_SIGNAL_H

/* Whatever ends a job from outside signals all its processes, often children
 * first. So many seconds may pass between the first signal and the last: who
 * lives on for longer is not being ended. */
#define OUTSIDE_SECONDS 0.5

#endif
