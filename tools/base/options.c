#include "options.h"

#include "failure.h"
#include "memory.h"
#include "names.h"

#include <ctype.h>
#include <popt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { HELP_COLUMN = 28, HELP_WIDTH = 80 };

/* ---- parsing ---- */

static struct poptOption *make_table(const struct option_set *set)
{
	struct poptOption *table = memory_new(set->count + 1, sizeof(*table));

	for (size_t i = 0; i < set->count; i++) {
		const struct option *option = &set->options[i];

		table[i].longName = option->name;
		table[i].shortName = option->letter;
		table[i].val = (int)i + 1;
		table[i].argInfo = option->kind == OPTION_FLAG
		                       ? POPT_ARG_NONE
		                       : POPT_ARG_STRING;
		if (option->kind == OPTION_OPTIONAL)
			table[i].argInfo |= POPT_ARGFLAG_OPTIONAL;
	}
	return table;
}

/* Releases the text that a field points to. */
static void free_text(const char *field)
{
	char *text;

	memcpy(&text, field, sizeof(text));
	free(text);
}

static void store(const struct option *option, char *value, void *out)
{
	char *field = (char *)out + option->offset;
	const bool yes = true;

	switch (option->kind) {
	case OPTION_FLAG:
		memcpy(field, &yes, sizeof(yes));
		break;
	case OPTION_OPTIONAL:
	case OPTION_TEXT:
		free_text(field);
		if (!value)
			value = memory_text("", 0);
		memcpy(field, &value, sizeof(value));
		break;
	case OPTION_LIST:
		text_list_add((struct text_list *)(void *)field, value);
		break;
	}
}

static bool bad_option(const struct option_set *set, poptContext context,
                       int error)
{
	const char *given = poptBadOption(context, POPT_BADOPTION_NOALIAS);
	const char **names = memory_new(set->count, sizeof(*names));
	char word[OPTION_HEAD_BYTES];

	for (size_t i = 0; i < set->count; i++)
		names[i] = set->options[i].name;
	snprintf(word, sizeof(word), "%s", given + strspn(given, "-"));
	word[strcspn(word, "=")] = '\0';
	const char *near = error == POPT_ERROR_BADOPT && strlen(word) > 1
	                       ? names_nearest(word, names, set->count)
	                       : NULL;
	free(names);
	return failure("%s: %s%s%s%s; %s --help lists all options", given,
	               error == POPT_ERROR_BADOPT ? "unknown option"
	                                          : poptStrerror(error),
	               near ? "; did you mean --" : "", near ? near : "",
	               near ? "?" : "", set->command);
}

static bool parse(const struct option_set *set, int argc, char *argv[],
                  unsigned flags, void *out, struct text_list *rest)
{
	struct poptOption *table = make_table(set);
	poptContext context =
	    poptGetContext(NULL, argc, (const char **)argv, table, flags);
	bool good = true;
	int index;

	while ((index = poptGetNextOpt(context)) > 0)
		store(&set->options[index - 1], poptGetOptArg(context), out);
	if (index < -1)
		good = bad_option(set, context, index);
	const char **arguments = poptGetArgs(context);
	while (good && arguments && *arguments)
		text_list_add(rest,
		              memory_text(*arguments, strlen(*arguments))),
		    arguments++;
	poptFreeContext(context);
	free(table);
	return good;
}

bool options_parse(const struct option_set *set, int argc, char *argv[],
                   void *out, struct text_list *rest)
{
	return parse(set, argc, argv, POPT_CONTEXT_POSIXMEHARDER, out, rest);
}

bool options_parse_mixed(const struct option_set *set, int argc, char *argv[],
                         void *out, struct text_list *rest)
{
	return parse(set, argc, argv, 0, out, rest);
}

static void free_list(struct text_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free((char *)(uintptr_t)list->items[i]);
	text_list_free(list);
}

void options_free(const struct option_set *set, void *given,
                  struct text_list *rest)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct option *option = &set->options[i];
		char *field = (char *)given + option->offset;

		if (option->kind == OPTION_LIST)
			free_list((struct text_list *)(void *)field);
		else if (option->kind != OPTION_FLAG)
			free_text(field);
	}
	free_list(rest);
}

/* ---- help ---- */

void options_describe(const struct option *option, char head[OPTION_HEAD_BYTES])
{
	const char *argument = option->argument ? option->argument : "";
	const bool optional = option->kind == OPTION_OPTIONAL;
	int used = 0;

	if (option->letter)
		used =
		    snprintf(head, OPTION_HEAD_BYTES, "-%c, ", option->letter);
	snprintf(head + used, (size_t)(OPTION_HEAD_BYTES - used), "--%s%s%s%s",
	         option->name,
	         optional    ? "[="
	         : *argument ? " "
	                     : "",
	         argument, optional ? "]" : "");
}

/* Prints text between HELP_COLUMN and HELP_WIDTH; the cursor is at `column`. */
static void print_wrapped(const char *text, size_t column, FILE *file)
{
	bool begun = false;

	while (*text) {
		const size_t length = strcspn(text, " \n");

		if (begun && column + 1 + length > HELP_WIDTH) {
			fprintf(file, "\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		} else if (begun) {
			fputc(' ', file);
			column++;
		}
		fwrite(text, 1, length, file);
		column += length;
		begun = true;
		text += length;
		if (*text == '\n') {
			fprintf(file, "\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
			begun = false;
		}
		text += *text != '\0';
	}
	fputc('\n', file);
}

void options_help(const struct option_set *set, FILE *file)
{
	char head[OPTION_HEAD_BYTES];

	fprintf(file, "usage: %s %s\n\n%s\n", set->command, set->synopsis,
	        set->purpose);
	for (size_t i = 0; i < set->count; i++) {
		const struct option *option = &set->options[i];

		if (option->group)
			fprintf(file, "\n%s\n", option->group);
		options_describe(option, head);
		const int used = fprintf(file, "  %s", head);
		if (used + 2 > HELP_COLUMN)
			fprintf(file, "\n%*s", HELP_COLUMN, "");
		else
			fprintf(file, "%*s", HELP_COLUMN - used, "");
		print_wrapped(option->help, HELP_COLUMN, file);
	}
}
