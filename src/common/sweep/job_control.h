/*
 * Ctrl-Z. The terminal sends SIGTSTP to the ranks, but not to the children that
 * run their tasks, which lead process groups of their own. So while such
 * children run, and unless the program has an action of its own for SIGTSTP, a
 * handler stops them before it stops the rank, and lets them go on with it.
 * SIGSTOP cannot be caught: a rank that gets it leaves its child running.
 */
#ifndef COHORT_COMMON_SWEEP_JOB_CONTROL_H
#define COHORT_COMMON_SWEEP_JOB_CONTROL_H

#include <stdint.h>
#include <sys/types.h>

/* This process's child `pid` leads a process group: stop and continue it with
 * this process. At most JOB_CONTROL_MOST at a time; more are left alone.
 * Returns a number for job_control_end. */
enum { JOB_CONTROL_MOST = 16 };
int job_control_begin(pid_t pid);

/* The child is about to be reaped. */
void job_control_end(int number);

/* In a forked child: what the program does with SIGTSTP holds again. */
void job_control_forget(void);

/* Time in ns for which this process has been stopped by SIGTSTP so far. */
int64_t job_control_stopped(void);

#endif
