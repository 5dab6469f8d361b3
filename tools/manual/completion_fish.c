#include "completion.h"

#include <string.h>

/* The first sentence of an option's help. */
static size_t first_sentence(const char *help)
{
	const char *end = strstr(help, ". ");
	const char *colon = strstr(help, ": ");

	if (colon && (!end || colon < end))
		end = colon;
	if (!end)
		end = help + strlen(help);
	while (end > help && end[-1] == '.')
		end--;
	return (size_t)(end - help);
}

static void put_option(const struct subcommand *subcommand,
                       const struct option *option, FILE *file)
{
	fprintf(file,
	        "complete -c cohort -n '__fish_seen_subcommand_from %s' -l %s",
	        subcommand->name, option->name);
	if (option->letter)
		fprintf(file, " -s %c", option->letter);
	switch (argument_kind(option)) {
	case ARGUMENT_NONE:
		break;
	case ARGUMENT_FILE:
		fputs(" -r -F", file);
		break;
	case ARGUMENT_FOLDER:
		fputs(" -x -a '(__fish_complete_directories)'", file);
		break;
	case ARGUMENT_WORDS:
		fputs(option->kind == OPTION_OPTIONAL ? " -a '" : " -x -a '",
		      file);
		argument_words(option, file);
		fputc('\'', file);
		break;
	case ARGUMENT_OTHER:
		fputs(" -x", file);
		break;
	}
	fputs(" -d ", file);
	put_quoted(option->help, first_sentence(option->help), file);
	fputc('\n', file);
}

void completion_fish(FILE *file)
{
	fputs("# fish completion for cohort\n", file);
	for (size_t i = 0; i < subcommand_count; i++) {
		const struct subcommand *subcommand = &subcommands[i];

		fprintf(file,
		        "complete -c cohort -n __fish_use_subcommand -f -a %s "
		        "-d ",
		        subcommand->name);
		put_quoted(subcommand->purpose, strlen(subcommand->purpose),
		           file);
		fputc('\n', file);
		if (takes_folder(subcommand))
			fprintf(file,
			        "complete -c cohort -n "
			        "'__fish_seen_subcommand_from %s' -f -a "
			        "'(__fish_complete_directories)'\n",
			        subcommand->name);
		for (size_t o = 0; o < subcommand->set->count; o++)
			put_option(subcommand, &subcommand->set->options[o],
			           file);
	}
}
