/* The processes of a job, or of the run that completes its sweep. */
#ifndef STORM_JOBS_JOB_H
#define STORM_JOBS_JOB_H

#include "plan.h"

#include <limits.h>

/* What all jobs need. */
struct site {
	const char *launcher;
	const char *target;
	char folder[64]; /* of this test; the jobs' TMPDIR is `tmp` in it */
	struct plan_state *state;
};

void site_make(struct site *site, const char *launcher, const char *target);
void site_remove(const struct site *site);

/* The path of a file in the folder; the string is static. */
const char *site_path(const struct site *site, const char *name);

/* Start the sweep of this seed; the shared state is empty then. `way` says with which
 * backend; `journal` and `table` are names in the folder, and NULL: no journal.
 * Returns the launcher, or rank 0 of a run without one. */
pid_t job_start(const struct site *site, uint64_t seed, enum plan_resume way,
                const char *journal, const char *table);

/* Print the end of what the last job has printed. */
void job_print_output(const struct site *site);

#endif
