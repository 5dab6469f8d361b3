/* The arguments of an operation, drawn at random. */
#ifndef STRESS_DRAWS_H
#define STRESS_DRAWS_H

#include "run.h"

/* Of a row with one root always the same. */
int draw_root(struct run *run);
size_t draw_bytes(const struct run *run, struct dice *dice);
cohort_type draw_type(struct dice *dice);

/* Memory from cohort_alloc on all ranks, on some, or on none. */
const struct memory *draw_memory(struct run *run);

/* Set run->counts: the same for all ranks, or one drawn for each. The elements
 * have `width` bytes. Returns the bytes of all ranks together. */
size_t draw_counts(struct run *run, size_t width);

#endif
