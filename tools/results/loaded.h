/* A sweep as its directory has it, also while it runs. */
#ifndef TOOLS_RESULTS_LOADED_H
#define TOOLS_RESULTS_LOADED_H

#include "sweep/outcome.h"

struct loaded {
	struct table table;       /* parameter sets of the last run */
	struct outcome *outcomes; /* one for each */
	void **owned;             /* what an outcome points to; NULL: nothing */
	size_t *order;            /* rows, sorted by their bytes */
};

/* Read the directory. The last result of each parameter set counts; of equal
 * ones, each result is that of another one. */
bool loaded_read(const char *folder, struct loaded *out);

void loaded_free(struct loaded *loaded);

#endif
