/* Completions for shells, made of the tables of options. */
#ifndef TOOLS_MANUAL_COMPLETION_H
#define TOOLS_MANUAL_COMPLETION_H

#include "subcommands.h"

#include <stdbool.h>
#include <stdio.h>

/* What an option's argument is, as its table has it. */
enum argument_kind {
	ARGUMENT_NONE,
	ARGUMENT_OTHER,
	ARGUMENT_FILE,
	ARGUMENT_FOLDER,
	ARGUMENT_WORDS /* "a|b|C": the words in small letters */
};

enum argument_kind argument_kind(const struct option *option);

/* Prints the words of ARGUMENT_WORDS with a space between them. */
void argument_words(const struct option *option, FILE *file);

/* Whether the subcommand takes a command behind its options. */
bool takes_command(const struct subcommand *subcommand);

/* Whether it takes the directory of a sweep. */
bool takes_folder(const struct subcommand *subcommand);

/* Prints a text between single quotes of a shell. */
void put_quoted(const char *text, size_t length, FILE *file);

void completion_bash(FILE *file);
void completion_fish(FILE *file);
void completion_zsh(FILE *file);

#endif
