#include "completion.h"

#include <string.h>

/* A text in a specification of _arguments, which ends at a bracket or colon. */
static void put_description(const char *text, FILE *file)
{
	for (; *text && strncmp(text, ". ", 2) != 0; text++) {
		if (strchr("[]:\\", *text))
			fputc('\\', file);
		if (*text == '\'')
			fputs("'\\''", file);
		else
			fputc(*text == '\n' ? ' ' : *text, file);
	}
}

static void put_argument(const struct option *option, FILE *file)
{
	switch (argument_kind(option)) {
	case ARGUMENT_NONE:
		break;
	case ARGUMENT_FILE:
		fputs(":file:_files", file);
		break;
	case ARGUMENT_FOLDER:
		fputs(":directory:_files -/", file);
		break;
	case ARGUMENT_WORDS:
		fputs(option->kind == OPTION_OPTIONAL ? "::word:(" : ":word:(",
		      file);
		argument_words(option, file);
		fputc(')', file);
		break;
	case ARGUMENT_OTHER:
		fputs(":value:", file);
		break;
	}
}

/* --name takes its argument behind a space or a sign, but an optional one
 * behind a sign only. */
static void put_option(const struct option *option, FILE *file)
{
	const char *sign = option->kind == OPTION_FLAG       ? ""
	                   : option->kind == OPTION_OPTIONAL ? "=-"
	                                                     : "=";
	const char *again = option->kind == OPTION_LIST ? "*" : "";

	fprintf(file, "\t\t\t'%s--%s%s[", again, option->name, sign);
	put_description(option->help, file);
	fputc(']', file);
	put_argument(option, file);
	fputs("' \\\n", file);
	if (!option->letter)
		return;
	fprintf(file, "\t\t\t'%s-%c[", again, option->letter);
	put_description(option->help, file);
	fputc(']', file);
	put_argument(option, file);
	fputs("' \\\n", file);
}

static void put_subcommand(const struct subcommand *subcommand, FILE *file)
{
	const struct option_set *set = subcommand->set;

	fprintf(file, "\t%s)\n\t\t_arguments -S \\\n", subcommand->name);
	for (size_t i = 0; i < set->count; i++)
		put_option(&set->options[i], file);
	if (takes_command(subcommand))
		fputs("\t\t\t'(-)1:command:_command_names -e' "
		      "'*::arguments:_normal'\n",
		      file);
	else if (takes_folder(subcommand))
		fputs("\t\t\t'1:directory:_files -/' '*:index:'\n", file);
	else
		fputs("\t\t\t'*:argument:_files'\n", file);
	fputs("\t\t;;\n", file);
}

void completion_zsh(FILE *file)
{
	fputs("#compdef cohort\n"
	      "local -a subcommands=(\n",
	      file);
	for (size_t i = 0; i < subcommand_count; i++) {
		fprintf(file, "\t'%s:", subcommands[i].name);
		put_description(subcommands[i].purpose, file);
		fputs("'\n", file);
	}
	fputs("\t'--help:list the subcommands'\n"
	      "\t'--version:print the version'\n"
	      ")\n"
	      "if ((CURRENT == 2)); then\n"
	      "\t_describe subcommand subcommands\n"
	      "\treturn\n"
	      "fi\n"
	      "shift words\n"
	      "((CURRENT--))\n"
	      "case $words[1] in\n",
	      file);
	for (size_t i = 0; i < subcommand_count; i++)
		put_subcommand(&subcommands[i], file);
	fputs("esac\n", file);
}
