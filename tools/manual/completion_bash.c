#include "completion.h"

/* The words before and under the cursor. bash splits --option=value at the
 * sign. */
static const char begin[] =
    "# bash completion for cohort\n"
    "_cohort() {\n"
    "\tlocal current=${COMP_WORDS[COMP_CWORD]} before= i\n"
    "\tlocal subcommand=${COMP_WORDS[1]} options= arguments= words=\n"
    "\tCOMPREPLY=()\n"
    "\t((COMP_CWORD > 0)) && before=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "\tif [[ $current == = ]]; then\n"
    "\t\tcurrent=\n"
    "\telif [[ $before == = ]]; then\n"
    "\t\tbefore=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "\tfi\n";

/* Behind -- is a command line. */
static const char command_line[] =
    "\tfor ((i = 2; i < COMP_CWORD; i++)); do\n"
    "\t\tif [[ ${COMP_WORDS[i]} == -- && $commands == *\" $subcommand \"* ]]; "
    "then\n"
    "\t\t\tif ((i == COMP_CWORD - 1)); then\n"
    "\t\t\t\tcompopt -o filenames 2>/dev/null\n"
    "\t\t\t\tmapfile -t COMPREPLY < <(compgen -A command -- \"$current\")\n"
    "\t\t\telse\n"
    "\t\t\t\tcompopt -o default 2>/dev/null\n"
    "\t\t\tfi\n"
    "\t\t\treturn\n"
    "\t\tfi\n"
    "\tdone\n";

static const char end[] =
    "\tif [[ $arguments == directories ]]; then\n"
    "\t\tcompopt -o filenames 2>/dev/null\n"
    "\t\tmapfile -t COMPREPLY < <(compgen -d -- \"$current\")\n"
    "\telif [[ $arguments == files ]]; then\n"
    "\t\tcompopt -o filenames 2>/dev/null\n"
    "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
    "\telif [[ $arguments == words ]]; then\n"
    "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
    "\telif [[ $arguments != any && $current == -* ]]; then\n"
    "\t\tmapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n"
    "\telif [[ $arguments != any && $folders == *\" $subcommand \"* ]]; then\n"
    "\t\tcompopt -o filenames 2>/dev/null\n"
    "\t\tmapfile -t COMPREPLY < <(compgen -d -- \"$current\")\n"
    "\tfi\n"
    "}\n"
    "complete -F _cohort cohort\n";

static void put_option_case(const struct option *option, FILE *file)
{
	const enum argument_kind kind = argument_kind(option);

	if (kind == ARGUMENT_NONE)
		return;
	fprintf(file, "\t\t--%s", option->name);
	if (option->letter)
		fprintf(file, " | -%c", option->letter);
	fputs(") arguments=", file);
	switch (kind) {
	case ARGUMENT_FILE:
		fputs("files", file);
		break;
	case ARGUMENT_FOLDER:
		fputs("directories", file);
		break;
	case ARGUMENT_WORDS:
		fputs("words words='", file);
		argument_words(option, file);
		fputc('\'', file);
		break;
	default:
		fputs("any", file);
		break;
	}
	fputs(" ;;\n", file);
}

static void put_subcommand(const struct subcommand *subcommand, FILE *file)
{
	const struct option_set *set = subcommand->set;

	fprintf(file, "\t%s)\n\t\toptions='", subcommand->name);
	for (size_t i = 0; i < set->count; i++)
		fprintf(file, "%s--%s", i > 0 ? " " : "", set->options[i].name);
	fputs("'\n\t\tcase $before in\n", file);
	for (size_t i = 0; i < set->count; i++)
		put_option_case(&set->options[i], file);
	fputs("\t\tesac\n\t\t;;\n", file);
}

static void put_list(const char *name,
                     bool (*belongs)(const struct subcommand *), FILE *file)
{
	fprintf(file, "\tlocal %s=' ", name);
	for (size_t i = 0; i < subcommand_count; i++)
		if (belongs(&subcommands[i]))
			fprintf(file, "%s ", subcommands[i].name);
	fputs("'\n", file);
}

void completion_bash(FILE *file)
{
	fputs(begin, file);
	put_list("commands", takes_command, file);
	put_list("folders", takes_folder, file);
	fputs("\tif ((COMP_CWORD == 1)); then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W '",
	      file);
	for (size_t i = 0; i < subcommand_count; i++)
		fprintf(file, "%s ", subcommands[i].name);
	fputs("--help --version' -- \"$current\")\n\t\treturn\n\tfi\n", file);
	fputs(command_line, file);
	fputs("\tcase $subcommand in\n", file);
	for (size_t i = 0; i < subcommand_count; i++)
		put_subcommand(&subcommands[i], file);
	fputs("\tesac\n", file);
	fputs(end, file);
}
