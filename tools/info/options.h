/* The options of `cohort info`, as they are on the command line. */
#ifndef TOOLS_INFO_OPTIONS_H
#define TOOLS_INFO_OPTIONS_H

#include "base/options.h"

struct info_options {
	const char *ranks;
	const char *backend;
	bool json;
	bool help;
	struct text_list rest; /* there must be none */
};

extern const struct option_set info_option_set;

#endif
