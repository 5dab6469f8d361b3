#include "folder_command.h"

#include "base/exit_status.h"
#include "base/failure.h"

#include <stdio.h>

/* Parsed arguments; false with a sentence. */
static bool run_parsed(const struct folder_command *command,
                       const struct text_list *arguments)
{
	const struct option_set *set = command->set;

	if (*command->help) {
		options_help(set, stdout);
		return true;
	}
	if (arguments->count < command->least ||
	    arguments->count > command->most)
		return failure("usage: %s %s", set->command, set->synopsis);
	return command->run(command->given, arguments);
}

int folder_command_main(const struct folder_command *command, int argc,
                        char *argv[])
{
	const struct option_set *set = command->set;
	struct text_list arguments = {0};
	const bool good =
	    options_parse_mixed(set, argc, argv, command->given, &arguments) &&
	    run_parsed(command, &arguments);

	if (!good)
		fprintf(stderr, "%s: %s\n", set->command, failure_sentence());
	options_free(set, command->given, &arguments);
	return good ? EXIT_DONE : failure_status();
}
