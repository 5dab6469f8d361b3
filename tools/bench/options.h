/* The options of `cohort bench`, as they are on the command line. */
#ifndef TOOLS_BENCH_OPTIONS_H
#define TOOLS_BENCH_OPTIONS_H

#include "base/options.h"

struct bench_options {
	const char *calls;
	const char *sizes;
	const char *tasks;
	const char *iterations;
	const char *seconds;
	const char *ranks;
	const char *backend;
	const char *transport;
	bool help;
	struct text_list rest; /* there must be none */
};

extern const struct option_set bench_option_set;

#endif
