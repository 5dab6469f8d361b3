#ifndef TOOLS_SWEEP_SUMMARY_H
#define TOOLS_SWEEP_SUMMARY_H

#include "only.h"

#include <stdio.h>

/* How a sweep was run. */
struct summary {
	const struct outcome *outcomes; /* of all tasks */
	size_t count;
	const struct chosen *chosen; /* the tasks that are counted */
	size_t resumed;              /* outcomes of earlier runs */
	double seconds;
	const char *backend;
	int ranks;
	const char *journal;
};

/* Print one line of figures, and the reasons. Returns the number of tasks that
 * failed or were not run. */
size_t summary_print(const struct summary *summary, FILE *file);

/* Print the failures grouped by reason, the most frequent first, with one index
 * each and the command that shows what that task printed. `count` is that of
 * the outcomes, and `folder` is that of the sweep. */
void summary_print_reasons(const struct outcome outcomes[], size_t count,
                           const struct chosen *chosen, const char *folder,
                           FILE *file);

#endif
