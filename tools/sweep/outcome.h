/* What became of the tasks of a table, from results or from a journal. */
#ifndef TOOLS_SWEEP_OUTCOME_H
#define TOOLS_SWEEP_OUTCOME_H

#include "params/table.h"
#include "task/record.h"

struct outcome {
	bool is_known;    /* it has a record */
	const void *data; /* the record's bytes */
	size_t bytes;
	const char *error; /* the reason of a failure; "" if there is none */
	bool is_mended;    /* only --parse made it fail, and what another one
	                    * looks for is there (parse_anew.h) */
};

/* The outcome as a record; one that is not known, or not a record of this
 * command, is not run. */
struct task_record outcome_record(const struct outcome *outcome);

#endif
