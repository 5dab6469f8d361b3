/* Which calls are to fail: those that traces of undisturbed runs have. */
#ifndef COHORT_TESTS_INJECTION_PLAN_H
#define COHORT_TESTS_INJECTION_PLAN_H

#include "run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct planned {
	const struct setting *setting;
	struct injection injection;
};

struct plan {
	struct planned *all;
	size_t count;
	int calls;  /* of all settings */
	int failed; /* settings in which something is wrong without a failure */
};

/* Add all runs of a setting. False if there can be no trace. */
bool plan_setting(struct plan *plan, const struct setting *setting);

/* Mix the runs. */
void plan_shuffle(struct plan *plan, uint64_t seed);

#endif
