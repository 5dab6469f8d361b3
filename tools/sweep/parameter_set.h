/* The parameter sets that the library gets: the keys of tasks. */
#ifndef TOOLS_SWEEP_PARAMETER_SET_H
#define TOOLS_SWEEP_PARAMETER_SET_H

#include "only.h"
#include "task_key.h"

#include <cohort.h>

#include <stdint.h>

struct parameter_sets {
	cohort_blob *sets;
	size_t count;
	struct text bytes; /* of all sets */
};

/* List the sets of the chosen tasks. */
void parameter_sets_make(const struct table *table, const struct chosen *chosen,
                         struct ties ties, struct parameter_sets *out);

void parameter_sets_free(struct parameter_sets *sets);

/* The seed of the task with this index, of a sweep with this seed: as
 * cohort_task_seed, whose index is that of the set among those that run. */
uint64_t parameter_set_seed(uint64_t seed, uint64_t index);

#endif
