/* What the subcommands that look at a sweep have in common. */
#ifndef TOOLS_RESULTS_FOLDER_COMMAND_H
#define TOOLS_RESULTS_FOLDER_COMMAND_H

#include "base/options.h"

struct folder_command {
	const struct option_set *set;
	void *given;      /* the struct of options, all zero */
	const bool *help; /* its field */
	size_t least;     /* arguments that it takes */
	size_t most;
	/* False with a sentence if it cannot be done. */
	bool (*run)(const void *given, const struct text_list *arguments);
};

/* Read the command line and run the subcommand. Returns the exit status. */
int folder_command_main(const struct folder_command *command, int argc,
                        char *argv[]);

#endif
