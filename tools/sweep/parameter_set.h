/*
 * The parameter sets that the library gets, by which the journal knows tasks: a
 * row of the table. If a result belongs to its task's index, because the
 * command has {index} or {seed}, the index and the seed follow the row.
 */
#ifndef TOOLS_SWEEP_PARAMETER_SET_H
#define TOOLS_SWEEP_PARAMETER_SET_H

#include "only.h"
#include "params/table.h"

#include <cohort.h>

#include <stdint.h>

/* What else than its parameters a result depends on. */
struct ties {
	bool to_index; /* {index} or {seed} */
	bool to_seed;  /* {seed} */
};

struct parameter_sets {
	cohort_blob *sets;
	size_t count;
	struct text bytes; /* of sets that are no rows */
};

/* List the sets of the chosen tasks. The rows stay the table's. */
void parameter_sets_make(const struct table *table, const struct chosen *chosen,
                         struct ties ties, uint64_t seed,
                         struct parameter_sets *out);

void parameter_sets_free(struct parameter_sets *sets);

/* Bytes of the row that a set of so many bytes begins with. */
size_t parameter_set_row_bytes(size_t set_bytes, struct ties ties);

/* The seed of the task with this index, of a sweep with this seed: as
 * cohort_task_seed, whose index is that of the set among those that run. */
uint64_t parameter_set_seed(uint64_t seed, uint64_t index);

#endif
