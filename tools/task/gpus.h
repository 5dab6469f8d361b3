/* The GPUs of tasks: --gpus. */
#ifndef TOOLS_TASK_GPUS_H
#define TOOLS_TASK_GPUS_H

#include "environment.h"

/* Whether this process has `count` GPUs for its tasks, or any if `count` is 0.
 * If CUDA_VISIBLE_DEVICES or ROCR_VISIBLE_DEVICES is set, they are those that
 * it lists, otherwise 0 to count - 1. False with a sentence. */
bool gpus_check(int count);

/* Gives the tasks of a slot one of them, by the variables that are set, or by
 * both. */
void gpus_deal(struct task_environment *environment, int slot, int count);

#endif
