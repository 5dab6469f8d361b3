/* The child process that runs a rank's tasks, from its fork to its end. */
#ifndef COHORT_COMMON_SWEEP_TASK_CHILD_H
#define COHORT_COMMON_SWEEP_TASK_CHILD_H

#include "child_process.h"
#include "common/base/time_limit.h"
#include "worker.h"

#include <signal.h>

/* Why the rank ended a child. */
enum child_ended_for {
	ENDED_FOR_NOTHING, /* it ended by itself */
	ENDED_FOR_TIMEOUT, /* a task took longer than its time limit */
	ENDED_FOR_STOP     /* the sweep is stopped, and its task did not end */
};

struct task_child {
	struct worker *worker; /* the rank's; the child has a copy */
	struct child_process process;
	enum child_ended_for ended_for;
	int stops;          /* number of job_control_begin */
	int64_t begun_seen; /* the child's `begun` at the last look */
	int64_t unheard;    /* ns for which this rank was stopped by SIGSTOP */
	int64_t stopped_before; /* ns, at the last look before that task */
	int64_t stopped_seen;   /* ns of any stop, at the last look */
	int64_t seen_at;        /* when it was that for the first time, in ns */
	int64_t late; /* when the task began that took too long, in ns */
	struct time_limit stop; /* of its task, once the sweep is stopped */
};

/* worker_run or worker_run_next. */
typedef cohort_status task_child_work(struct worker *worker);

/* Fork a child that does `work` and then ends. `sigchld` is the
 * program's action, which the child gets back. COHORT_ESYS if the system has no
 * room for a process for several seconds. */
COHORT_CHECKED cohort_status task_child_start(struct task_child *child,
                                              task_child_work *work,
                                              const struct sigaction *sigchld);

/* Sleep until the child has ended, claim tickets for it, and end it when its
 * task takes too long. */
struct child_end task_child_wait(struct task_child *child);

#endif
