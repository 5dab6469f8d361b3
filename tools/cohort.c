/*
 * The command `cohort`: sweeps of programs that exist. Each subcommand has a
 * folder or a file of its own; nothing here knows more of the library than its
 * public header.
 */
#include "base/exit_status.h"
#include "base/given.h"
#include "base/names.h"
#include "bench/bench.h"
#include "bench/options.h"
#include "info/info.h"
#include "info/options.h"
#include "manual/completion.h"
#include "manual/page.h"
#include "results/results.h"
#include "run/options.h"
#include "run/run.h"
#include "subcommands.h"
#include "sweep/options.h"
#include "sweep/sweep.h"

#include <cohort.h>

#include <stdio.h>
#include <string.h>

const struct subcommand subcommands[] = {
    {"sweep", sweep_main, "run a command once for each parameter set",
     &sweep_option_set},
    {"status", status_main, "how far a sweep is", &status_option_set},
    {"results", results_main, "the table of a sweep", &results_option_set},
    {"output", output_main, "what tasks of a sweep printed",
     &output_option_set},
    {"run", run_main, "run a program that uses cohort", &run_option_set},
    {"info", info_main, "what such a program would get here, and why",
     &info_option_set},
    {"bench", bench_main, "time collective calls and empty tasks",
     &bench_option_set},
};

enum { SUBCOMMANDS = sizeof(subcommands) / sizeof(subcommands[0]) };

const size_t subcommand_count = SUBCOMMANDS;

/* What the build makes files of, for the tools that read them. */
static const struct {
	const char *shell;
	void (*print)(FILE *file);
} completions[] = {
    {"bash", completion_bash},
    {"fish", completion_fish},
    {"zsh", completion_zsh},
};

enum { COMPLETIONS = sizeof(completions) / sizeof(completions[0]) };

static void print_help(FILE *file)
{
	fputs("usage: cohort SUBCOMMAND [OPTION]...\n\n", file);
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		fprintf(file, "  %-8s  %s\n", subcommands[i].name,
		        subcommands[i].purpose);
	fputs(
	    "\ncohort SUBCOMMAND --help lists its options. cohort --version "
	    "prints the version,\ncohort --man [SUBCOMMAND] a manual page in "
	    "roff, and cohort --completion SHELL\nwhat bash, fish or zsh reads "
	    "to complete command lines.\n",
	    file);
}

static int unknown(const char *name)
{
	const char *names[SUBCOMMANDS];

	for (size_t i = 0; i < SUBCOMMANDS; i++)
		names[i] = subcommands[i].name;
	const char *near = names_nearest(name, names, SUBCOMMANDS);
	fprintf(stderr,
	        "cohort: '%s' is no subcommand%s%s%s; cohort --help "
	        "lists them\n",
	        name, near ? "; did you mean " : "", near ? near : "",
	        near ? "?" : "");
	return EXIT_USAGE;
}

static const struct subcommand *find(const char *name)
{
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		if (!strcmp(name, subcommands[i].name))
			return &subcommands[i];
	return NULL;
}

static int printed(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_DONE;
	fputs("cohort: standard output cannot be written\n", stderr);
	return EXIT_SYSTEM;
}

static int print_page(const char *name)
{
	const struct subcommand *subcommand = name ? find(name) : NULL;

	if (name && !subcommand)
		return unknown(name);
	page_print(subcommand, stdout);
	return printed();
}

static int print_completion(const char *shell)
{
	for (size_t i = 0; shell && i < COMPLETIONS; i++)
		if (!strcmp(shell, completions[i].shell)) {
			completions[i].print(stdout);
			return printed();
		}
	fprintf(stderr,
	        "cohort: --completion %s: there are bash, fish and "
	        "zsh\n",
	        shell ? shell : "");
	return EXIT_USAGE;
}

/* A subcommand that could print nothing has not done what it was asked for. */
static int run(const struct subcommand *subcommand, int argc, char *argv[])
{
	const int status = subcommand->run(argc, argv);

	if (status != EXIT_DONE && status != EXIT_TASKS)
		return status;
	return printed() == EXIT_DONE ? status : EXIT_SYSTEM;
}

int main(int argc, char *argv[])
{
	if (!given_prepare()) {
		fputs("cohort: a standard stream is closed, and /dev/null "
		      "cannot be opened in its place\n",
		      stderr);
		return EXIT_SYSTEM;
	}
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	const char *first = argv[1];
	const char *second = argc > 2 ? argv[2] : NULL;
	const struct subcommand *subcommand = find(first);
	if (subcommand)
		return run(subcommand, argc - 1, argv + 1);
	if (!strcmp(first, "--help") || !strcmp(first, "-h")) {
		print_help(stdout);
		return printed();
	}
	if (!strcmp(first, "--version")) {
		printf("cohort %s\n", cohort_version());
		return printed();
	}
	if (!strcmp(first, "--man"))
		return print_page(second);
	if (!strcmp(first, "--completion"))
		return print_completion(second);
	return unknown(first);
}
