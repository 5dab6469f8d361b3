/*
 * A study: the tasks of a sweep, and the use of their results. There are two
 * kinds, each in a file of its own: grid.c and monte_carlo.c.
 */
#ifndef RO_STUDY_H
#define RO_STUDY_H

#include "model.h"
#include "options.h"
#include "seas.h"
#include "table.h"

#include <cohort.h>

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* One task's parameter set. A journal knows tasks by these bytes, so all that
 * results depend on has to be in them. What all tasks share is there as a
 * digest. */
struct task_param {
	struct ro_case point;
	uint64_t shared;
};

/* What build makes on each worker. */
struct worker {
	const struct options *options;
	struct ro_vessel *vessel;
};

/* The root's: what there is to do. All zero elsewhere. */
struct plan {
	struct seas seas;
	struct task_param *tasks; /* sea after sea */
	size_t each;              /* tasks of one sea */
	size_t count;
};

struct study {
	const char *tasks; /* what they are called */
	size_t (*count)(const struct options *options);
	/* Task `i` of a sea. */
	struct ro_case (*point)(const struct options *options,
	                        const struct sea *sea, size_t i);
	int (*execute)(cohort_task *task);
	const struct layout *layout; /* of the table */
	/* Write the row of task `i`. */
	void (*row)(FILE *table, const struct plan *plan, size_t i,
	            const cohort_result *result);
	/* Write what there is beside the table, from the results of the first
	 * `rows` tasks. NULL: nothing. 0; or -1, and it has been said why. */
	int (*summarise)(const struct options *options, const struct plan *plan,
	                 const cohort_result *results, size_t rows);
	int (*draw)(const struct options *options);
};

extern const struct study study_grid;
extern const struct study study_monte_carlo;

/** The one that the options ask for. */
const struct study *study_of(const struct options *options);

/** 0; or -1, and it has been said why. To be released with plan_free. */
int plan_make(const struct study *study, const struct options *options,
              struct plan *out);

/** Also for a plan that is all zero. */
void plan_free(struct plan *plan);

#endif
