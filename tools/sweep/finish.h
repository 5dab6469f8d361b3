/* A sweep on one rank, and what is printed and written at its end. */
#ifndef TOOLS_SWEEP_FINISH_H
#define TOOLS_SWEEP_FINISH_H

#include "worker.h"

/* A sweep on one rank. */
struct sweep {
	const struct sweep_plan *plan;
	cohort *group;
	struct sweep_setup setup;
	json_t *description;
	struct sweep_root root; /* on the root only */
	double seconds;         /* that the sweep took */
	bool is_refused;        /* the system refused a rank what tasks need */
};

/* On the root: write the table and print the summary. What --only has left out
 * is in the journal. Returns an exit status. */
int finish_report(const struct sweep *sweep, const cohort_results *results);

#endif
