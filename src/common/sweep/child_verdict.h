/* Decides, when a child has ended, about the task that ran in it: nothing
 * happens, it gets another attempt, or it is a failed result. */
#ifndef COHORT_COMMON_SWEEP_CHILD_VERDICT_H
#define COHORT_COMMON_SWEEP_CHILD_VERDICT_H

#include "held_failure.h"
#include "task_child.h"

/* All 0 at first. */
struct child_verdicts {
	struct held_failures held;
	int fruitless; /* children in a row that ran no task */
};

/* Judge a child that did not complete its work. `done` is the number of tasks
 * done before it. COHORT_ESYS if many children in a row ended before they ran a
 * task. */
COHORT_CHECKED cohort_status child_verdict_crash(
    struct child_verdicts *verdicts, const struct task_child *child,
    struct child_end end, uint64_t done);

/* Judge a child in which only the task at the cursor ran. `damaged`: it wrote
 * to memory that is not its own. */
COHORT_CHECKED cohort_status child_verdict_single(
    struct child_verdicts *verdicts, const struct task_child *child,
    struct child_end end, bool completed, bool damaged);

#endif
