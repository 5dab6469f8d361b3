/* The table of a sweep: parameters, how the tasks ended, and what --parse took
 * from their output. */
#ifndef TOOLS_SWEEP_REPORT_H
#define TOOLS_SWEEP_REPORT_H

#include "outcome.h"

struct report {
	const struct table *table;      /* of the parameters */
	const struct outcome *outcomes; /* one for each row */
	bool no_measures;
};

/* Write the table to `path`. The bytes depend on the parameters and the
 * outcomes only, and without measures not on how the sweep was run. */
bool report_write(const struct report *report, const char *path,
                  const char *format);

#endif
