/*
 * Options of a subcommand: one table is the source of their parsing, of --help,
 * of the manual page and of completions. popt reads the command line.
 */
#ifndef TOOLS_BASE_OPTIONS_H
#define TOOLS_BASE_OPTIONS_H

#include "text_list.h"

#include <stdbool.h>
#include <stdio.h>

enum option_kind {
	OPTION_FLAG,    /* bool */
	OPTION_TEXT,    /* const char *; the last one given counts */
	OPTION_LIST,    /* struct text_list; may be given several times */
	OPTION_OPTIONAL /* const char *; "" without =VALUE */
};

struct option {
	const char *group; /* the heading that it stands under, or NULL as for
	                    * the option before */
	const char *name;
	char letter; /* 0: none */
	enum option_kind kind;
	size_t offset;        /* of its field in the struct of options */
	const char *argument; /* "NAME=VALUES"; FILE and DIR are completed, and
	                       * words in small letters, "a|b". NULL for a
	                       * flag */
	const char *help;     /* sentences; "\n" begins a new line */
};

struct option_set {
	const char *command;  /* "cohort sweep" */
	const char *synopsis; /* what follows it */
	const char *purpose;  /* one line */
	const struct option *options;
	size_t count;
};

/*
 * Parse argv[1] to the first argument that is no option, or to "--". `out` is
 * the struct of options, all zero before. The remaining arguments are added to
 * `rest`. options_free releases both, whatever is returned.
 */
bool options_parse(const struct option_set *set, int argc, char *argv[],
                   void *out, struct text_list *rest);

/* As options_parse, but options may follow arguments, too. */
bool options_parse_mixed(const struct option_set *set, int argc, char *argv[],
                         void *out, struct text_list *rest);

void options_free(const struct option_set *set, void *given,
                  struct text_list *rest);

/* The help for a terminal. */
void options_help(const struct option_set *set, FILE *file);

enum { OPTION_HEAD_BYTES = 80 };

/* How the option is written: "-p, --parameter NAME=VALUES". */
void options_describe(const struct option *option,
                      char head[OPTION_HEAD_BYTES]);

#endif
