#ifndef TOOLS_SWEEP_OUTSIDE_END_H
#define TOOLS_SWEEP_OUTSIDE_END_H

#include "task/process.h"

#include <cohort.h>

/*
 * Whether the end of a task's program is part of the end of the whole job, and
 * not a failure of the task: a batch system ends all processes of a job, often
 * children first. If a signal that ends jobs has ended the program, or a
 * program that a shell ran for it (exit status 128 + the signal), wait half a
 * second for the same to befall this rank: it is killed here, or a signal stops
 * the sweep.
 */
bool outside_end_is(const cohort *group, const struct process_result *result);

#endif
