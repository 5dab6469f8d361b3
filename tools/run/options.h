/* The options of `cohort run`, as they are on the command line. */
#ifndef TOOLS_RUN_OPTIONS_H
#define TOOLS_RUN_OPTIONS_H

#include "base/options.h"

struct run_options {
	/* ranks */
	const char *ranks;
	const char *backend;
	const char *launcher;
	struct text_list launcher_arguments;
	const char *transport;
	/* the group */
	const char *timeout;
	bool check;
	/* sweeps */
	const char *schedule;
	bool isolate;
	bool unlocked;
	const char *progress;
	/* what is said */
	const char *log;
	bool dry_run;
	bool verbose;
	bool quiet;
	bool help;
	struct text_list command; /* behind -- */
};

extern const struct option_set run_option_set;

#endif
