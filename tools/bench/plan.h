/* What `cohort bench` measures, read from its options. */
#ifndef TOOLS_BENCH_PLAN_H
#define TOOLS_BENCH_PLAN_H

#include "calls.h"
#include "options.h"

#include <cohort.h>

enum { SIZES_MOST = 64 };

struct size_list {
	size_t values[SIZES_MOST];
	size_t count;
};

struct bench_plan {
	bool has_call[BENCH_CALLS]; /* as the rows of bench_calls */
	struct size_list bytes;
	struct size_list tasks;
	double seconds;
	size_t iterations; /* 0: as many as take `seconds` */
	cohort_options group;
};

/* False, with a sentence, if an option is wrong. Sets COHORT_TRANSPORT in this
 * process's environment if the option is given. */
bool bench_plan_make(const struct bench_options *options,
                     struct bench_plan *out);

#endif
