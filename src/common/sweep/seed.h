/* Seeds for the random numbers of tasks. They depend on the job's seed and the
 * task's index, not on which rank runs the task, or when. */
#ifndef COHORT_COMMON_SWEEP_SEED_H
#define COHORT_COMMON_SWEEP_SEED_H

#include <stdint.h>

/* Philox4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011): a bijection of
 * `counter` for each key. */
void seed_philox(const uint32_t counter[4], const uint32_t key[2],
                 uint32_t out[4]);

/* The value of cohort_task_seed for task `index` of a job with `seed`. */
uint64_t seed_of_task(uint64_t seed, uint64_t index);

#endif
