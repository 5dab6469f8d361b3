/* The sweep of a scene, and what is expected of it. */
#ifndef FAULT_DELIVERIES_OUTCOME_H
#define FAULT_DELIVERIES_OUTCOME_H

#include "jobs.h"

/* A sweep of scene.count tasks. */
cohort_status sweep_scene(const cohort_job *job);

/* on_result was called so often, and so often for tasks that have failed. */
void expect_calls(size_t calls, size_t failed);

/* It was called for each task. */
void expect_all_called(void);

/* Every rank that lives has all results. */
void expect_gathered(void);

#endif
