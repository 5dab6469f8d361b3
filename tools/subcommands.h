/* The subcommands of `cohort`. */
#ifndef TOOLS_SUBCOMMANDS_H
#define TOOLS_SUBCOMMANDS_H

#include "base/options.h"

struct subcommand {
	const char *name;
	int (*run)(int argc, char *argv[]);
	const char *purpose;
	const struct option_set *set;
};

extern const struct subcommand subcommands[];
extern const size_t subcommand_count;

#endif
