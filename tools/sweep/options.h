/* The options of `cohort sweep`, as they are on the command line. */
#ifndef TOOLS_SWEEP_OPTIONS_H
#define TOOLS_SWEEP_OPTIONS_H

#include "base/options.h"

struct sweep_options {
	/* parameters */
	const char *input;
	const char *format;
	struct text_list values;
	bool zip;
	const char *sample;
	const char *method;
	const char *seed;
	const char *dry_run;
	/* the command */
	bool shell;
	const char *input_of_task;
	const char *folder;
	bool temporary;
	bool keep_failed;
	struct text_list environment;
	const char *nice;
	const char *memory;
	const char *cpus;
	const char *gpus;
	/* ranks */
	const char *ranks;
	const char *backend;
	/* what is kept */
	const char *journal;
	bool fresh;
	bool retry_failed;
	const char *only;
	const char *output_folder;
	bool tag;
	struct text_list parse;
	const char *columns;
	const char *output;
	const char *output_format;
	bool no_measures;
	bool all_measures;
	/* when things go wrong */
	const char *timeout;
	const char *grace;
	const char *retries;
	const char *retry_on;
	const char *halt;
	const char *deadline;
	bool help;
	struct text_list command; /* behind -- */
};

extern const struct option_set sweep_option_set;

#endif
