#include "completion.h"

#include <string.h>

static bool is_small(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((text[i] < 'a' || text[i] > 'z') &&
		    (text[i] < '0' || text[i] > '9'))
			return false;
	return length > 0;
}

enum argument_kind argument_kind(const struct option *option)
{
	const char *argument = option->argument;

	if (option->kind == OPTION_FLAG)
		return ARGUMENT_NONE;
	if (!strcmp(argument, "FILE"))
		return ARGUMENT_FILE;
	if (!strcmp(argument, "DIR"))
		return ARGUMENT_FOLDER;
	while (*argument) {
		const size_t length = strcspn(argument, "|");

		if (is_small(argument, length))
			return ARGUMENT_WORDS;
		argument += length;
		argument += *argument == '|';
	}
	return ARGUMENT_OTHER;
}

void argument_words(const struct option *option, FILE *file)
{
	const char *argument = option->argument;
	bool is_first = true;

	while (*argument) {
		const size_t length = strcspn(argument, "|");

		if (is_small(argument, length)) {
			fprintf(file, "%s%.*s", is_first ? "" : " ",
			        (int)length, argument);
			is_first = false;
		}
		argument += length;
		argument += *argument == '|';
	}
}

bool takes_command(const struct subcommand *subcommand)
{
	return strstr(subcommand->set->synopsis, "-- ") != NULL;
}

bool takes_folder(const struct subcommand *subcommand)
{
	return strstr(subcommand->set->synopsis, "DIR") != NULL;
}

void put_quoted(const char *text, size_t length, FILE *file)
{
	fputc('\'', file);
	for (size_t i = 0; i < length; i++)
		if (text[i] == '\'')
			fputs("'\\''", file);
		else
			fputc(text[i] == '\n' ? ' ' : text[i], file);
	fputc('\'', file);
}
