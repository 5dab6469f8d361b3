/* The cores that --cpus gives to the tasks of each rank. */
#ifndef TOOLS_SWEEP_CORE_SHARE_H
#define TOOLS_SWEEP_CORE_SHARE_H

#include <cohort.h>
#include <sched.h>
#include <stdbool.h>

/* Of this rank. */
struct core_share {
	cpu_set_t own; /* for its tasks; empty: it runs none */
	int machine;   /* number of cores that its machine's ranks may use */
};

/* Collective: deal the cores of each machine to its ranks, `each` to a rank. A
 * launcher may have bound each rank to other cores, or to too few. False with a
 * sentence if the library refuses. */
bool core_share_make(cohort *group, int each, struct core_share *out);

#endif
