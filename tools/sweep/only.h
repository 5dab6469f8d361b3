/* The tasks that --only asks for. */
#ifndef TOOLS_SWEEP_ONLY_H
#define TOOLS_SWEEP_ONLY_H

#include "outcome.h"

#include <stdint.h>

/* Indexes from `first` to `last`. */
struct index_range {
	uint64_t first;
	uint64_t last;
};

struct only {
	bool failed; /* those that failed in earlier runs */
	struct index_range *ranges;
	size_t count; /* of the ranges */
};

/* Indexes of a table's tasks, in their order. */
struct chosen {
	bool is_limited; /* false: all tasks of the table */
	size_t *indexes;
	size_t count;
};

/* Read "failed", or indexes such as "3,7-9". NULL: all tasks. */
bool only_read(const char *text, struct only *out);

/* Choose from the tasks of a table of `rows` rows. `outcomes` are theirs,
 * needed for those that failed only. False with a sentence if there is no such
 * task. */
bool only_choose(const struct only *only, size_t rows,
                 const struct outcome outcomes[], struct chosen *out);

/* Leave out those whose outcomes are mended. `rows` and `outcomes` are as in
 * only_choose. Returns how many they are. */
size_t only_leave_mended(const struct outcome outcomes[], size_t rows,
                         struct chosen *chosen);

/* How many tasks of `all` are chosen. */
size_t chosen_count(const struct chosen *chosen, size_t all);

/* The index of the chosen task number i. */
size_t chosen_index(const struct chosen *chosen, size_t i);

void only_free(struct only *only);

void chosen_free(struct chosen *chosen);

#endif
