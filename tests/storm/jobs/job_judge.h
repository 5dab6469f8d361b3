/* Whether a job whose rank was killed ended as it must. */
#ifndef STORM_JOBS_JOB_JUDGE_H
#define STORM_JOBS_JOB_JUDGE_H

#include "job.h"
#include "names.h"
#include "outcomes.h"

enum { JOB_KINDS = 2 }; /* sweeps in the ranks, and isolated ones */

/* By kind. */
extern const char *const job_kinds[];

struct job_judge {
	struct site site;
	/* Of each kind; at index JOB_KINDS of all of them. */
	struct outcomes outcomes_of[JOB_KINDS + 1];
	unsigned hung;     /* launchers */
	unsigned crashed;  /* launchers */
	unsigned recorded; /* tasks */
	unsigned lost;     /* tasks that were under way at kills */
	unsigned resumed[RESUME_WAYS];
	unsigned failures;
};

extern struct job_judge judge;

/* One attack. */
struct job_attack {
	uint64_t seed;
	struct plan plan;
	struct outcomes *outcomes; /* of its kind */
	struct names names;        /* of the job's files */
	double killed;
	bool has[PLAN_TASKS]; /* a record in the journal */
};

/* Print what is wrong with an attack, and count it. */
void job_complain(const struct job_attack *attack, const char *what);

/* Kill and reap all processes that are left. */
void job_kill_all(void);

/* Wait for the launcher's end and for that of all other processes; look at what
 * they have left. */
void job_judge_end(struct job_attack *attack, pid_t launcher);

/* Compare the journal with what the sweep computes, and with what it has run. */
void job_judge_journal(struct job_attack *attack);

/* Complete the sweep in another run. */
void job_judge_resume(const struct job_attack *attack);

#endif
