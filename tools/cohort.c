/*
 * The command `cohort`: sweeps of programs that exist. Each subcommand has a
 * folder or a file of its own; nothing here knows more of the library than its
 * public header.
 */
#include "base/exit_status.h"
#include "base/names.h"
#include "bench/bench.h"
#include "info/info.h"
#include "results/results.h"
#include "run/run.h"
#include "sweep/sweep.h"

#include <cohort.h>

#include <stdio.h>
#include <string.h>

static const struct subcommand {
	const char *name;
	int (*run)(int argc, char *argv[]);
	const char *purpose;
} subcommands[] = {
    {"sweep", sweep_main, "run a command once for each parameter set"},
    {"status", status_main, "how far a sweep is"},
    {"results", results_main, "the table of a sweep"},
    {"output", output_main, "what tasks of a sweep printed"},
    {"run", run_main, "run a program that uses cohort"},
    {"info", info_main, "what such a program would get here, and why"},
    {"bench", bench_main, "time collective calls and empty tasks"},
};

enum { SUBCOMMANDS = sizeof(subcommands) / sizeof(subcommands[0]) };

static void print_help(FILE *file)
{
	fputs("usage: cohort SUBCOMMAND [OPTION]...\n\n", file);
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		fprintf(file, "  %-8s  %s\n", subcommands[i].name,
		        subcommands[i].purpose);
	fputs("\ncohort SUBCOMMAND --help lists its options; cohort --version "
	      "prints the version.\n",
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

int main(int argc, char *argv[])
{
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		print_help(stdout);
		return fflush(stdout) ? EXIT_SYSTEM : EXIT_DONE;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("cohort %s\n", cohort_version());
		return fflush(stdout) ? EXIT_SYSTEM : EXIT_DONE;
	}
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		if (!strcmp(argv[1], subcommands[i].name))
			return subcommands[i].run(argc - 1, argv + 1);
	return unknown(argv[1]);
}
