/* A sweep as its directory has it, also while it runs. */
#ifndef TOOLS_SWEEP_LOADED_H
#define TOOLS_SWEEP_LOADED_H

#include "outcome.h"
#include "parameter_set.h"
#include "task/parse.h"

struct loaded {
	struct table table;       /* parameter sets */
	bool is_borrowed;         /* the table is the caller's */
	struct outcome *outcomes; /* one for each */
	void **owned;             /* what an outcome points to; NULL: nothing */
	struct parameter_sets keys; /* by which the journal knows them */
	size_t *order;              /* rows, sorted by their keys */
};

/* Read the directory: parameter sets of its last run, and results. The last
 * result of each parameter set counts; of equal ones, each result is that of
 * another one. Values are those of `parse`, or of the last run's --parse if it
 * is NULL. */
bool loaded_read(const char *folder, const struct parse *parse,
                 struct loaded *out);

/* As loaded_read, for the parameter sets of a table instead of those of the
 * directory's last run, and what its results depend on beside them. The table
 * stays the caller's. */
bool loaded_read_for(const char *folder, const struct table *table,
                     struct ties ties, const struct parse *parse,
                     struct loaded *out);

void loaded_free(struct loaded *loaded);

#endif
