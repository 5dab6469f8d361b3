/*
 * `cohort run`: options become variables, cohort_predict tells what they lead
 * to, and the program takes this process's place. For mpi without a launcher,
 * the launcher takes it, and starts the program.
 */
#define _POSIX_C_SOURCE 200809L
#include "run.h"

#include "base/exit_status.h"
#include "base/failure.h"
#include "base/given.h"
#include "base/library_sentence.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/speaker.h"
#include "launcher.h"
#include "options.h"
#include "settings.h"
#include "task/program.h"
#include "task/shell_quote.h"

#include <cohort.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What will be run. */
struct run {
	const struct run_options *options;
	cohort_prediction *prediction;
	struct run_launcher launcher; /* without a path: none is started */
	char *program;                /* path; NULL until it has been found */
	char ranks[NUMBER_BYTES];     /* for the launcher */
	struct text_list argv;
};

static bool is_launched(const struct run *run)
{
	return run->prediction && run->prediction->launcher;
}

/* ---- checks ---- */

static bool check_size(const struct run *run)
{
	const cohort_prediction *prediction = run->prediction;
	uint64_t ranks = 0;

	if (!run->options->ranks || !is_launched(run) ||
	    strcmp(prediction->backend, "mpi") || prediction->launcher_size < 1)
		return true;
	/* The library has checked that it is a number. */
	number_read_count(run->options->ranks, INT_MAX, &ranks);
	return ranks == (uint64_t)prediction->launcher_size ||
	       failure("--ranks %s, but %s has started %d processes: leave -n "
	               "out, or give that number to the launcher",
	               run->options->ranks, prediction->launcher,
	               prediction->launcher_size);
}

/* EXIT_DONE, or the status for a prediction that is none. */
static int check_prediction(const struct run *run)
{
	const cohort_prediction *prediction = run->prediction;
	const char *option =
	    settings_option_of(run->options, prediction->error);

	if (prediction->status == COHORT_OK)
		return check_size(run) ? EXIT_DONE : EXIT_USAGE;
	failure("%s%s%s", option ? option : "", option ? ": " : "",
	        prediction->error);
	return prediction->status == COHORT_ECONFIG ? EXIT_USAGE : EXIT_SYSTEM;
}

/* ---- the command line that takes this process's place ---- */

static void pass_variable(const char *name, void *argv)
{
	text_list_add(argv, "-x");
	text_list_add(argv, name);
}

/* Open MPI's launcher gives variables to the ranks of other hosts only if it is
 * told their names; MPICH's gives them all. */
static void add_launcher(struct run *run)
{
	const struct text_list *more = &run->options->launcher_arguments;

	if (run->options->ranks)
		snprintf(run->ranks, sizeof(run->ranks), "%s",
		         run->options->ranks);
	else
		snprintf(run->ranks, sizeof(run->ranks), "%d",
		         run->prediction->cores);
	text_list_add(&run->argv, run->launcher.path);
	text_list_add(&run->argv, "-n");
	text_list_add(&run->argv, run->ranks);
	if (run->launcher.mpi && !strcmp(run->launcher.mpi, "Open MPI"))
		settings_each(pass_variable, &run->argv);
	for (size_t i = 0; i < more->count; i++)
		text_list_add(&run->argv, more->items[i]);
}

static bool find_launcher(struct run *run)
{
	const char *name = run->options->launcher;
	const cohort_prediction *prediction = run->prediction;

	if (is_launched(run) || strcmp(prediction->backend, "mpi")) {
		if (!name && run->options->launcher_arguments.count == 0)
			return true;
		return failure("%s is for --backend mpi without a launcher, "
		               "but %s%s",
		               name ? "--launcher" : "--launcher-argument",
		               is_launched(run) ? "it runs under "
		                                : "the backend is ",
		               is_launched(run) ? prediction->launcher
		                                : prediction->backend);
	}
	return name ? launcher_named(name, prediction->modules, &run->launcher)
	            : launcher_find(prediction->modules, &run->launcher);
}

static int make_command(struct run *run)
{
	const struct text_list *command = &run->options->command;

	if (!program_find(command->items[0], &run->program))
		return EXIT_USAGE;
	if (!find_launcher(run))
		return run->options->launcher || is_launched(run) ||
		               strcmp(run->prediction->backend, "mpi")
		           ? EXIT_USAGE
		           : EXIT_SYSTEM;
	if (run->launcher.path)
		add_launcher(run);
	for (size_t i = 0; i < command->count; i++)
		text_list_add(&run->argv, command->items[i]);
	return EXIT_DONE;
}

/* ---- what is said ---- */

static void print_command(const struct run *run, struct text *out)
{
	settings_print(run->options, out);
	for (size_t i = 0; i < run->argv.count; i++) {
		if (i > 0)
			text_add_string(out, " ");
		shell_quote(run->argv.items[i], out);
	}
}

/* Under a launcher one process speaks for all. */
static bool is_first(const struct run *run)
{
	return !run->prediction || run->prediction->launcher_rank <= 0;
}

static const char *words_of_ranks(const struct run *run, char text[64])
{
	const int ranks =
	    run->launcher.path ? atoi(run->ranks) : run->prediction->ranks;

	if (ranks < 0)
		return "as many ranks as the launcher starts";
	snprintf(text, 64, "%d rank%s", ranks, ranks == 1 ? "" : "s");
	return text;
}

/* "cohort run: ./solver: mp, 4 ranks, asked for by COHORT_BACKEND" */
static void announce(const struct run *run)
{
	struct text command = {0};
	char ranks[64];

	if (!is_first(run) || run->options->quiet)
		return;
	if (run->options->verbose) {
		print_command(run, &command);
		fprintf(stderr, "cohort run: %s\n", text_string(&command));
	}
	fprintf(stderr, "cohort run: %s: %s, %s, %s%s%s\n",
	        run->options->command.items[0], run->prediction->backend,
	        words_of_ranks(run, ranks),
	        run->options->backend && strcmp(run->options->backend, "auto")
	            ? "asked for by --backend"
	            : run->prediction->reason,
	        run->launcher.path ? "; started by " : "",
	        run->launcher.path ? run->launcher.path : "");
	text_free(&command);
}

static int print_dry(const struct run *run)
{
	struct text command = {0};

	if (is_first(run)) {
		print_command(run, &command);
		puts(text_string(&command));
	}
	text_free(&command);
	if (fflush(stdout) == 0)
		return EXIT_DONE;
	failure("standard output cannot be written: %s", strerror(errno));
	return EXIT_SYSTEM;
}

/* ---- the run ---- */

static int become(const struct run *run)
{
	const char *path =
	    run->launcher.path ? run->launcher.path : run->program;

	given_restore();
	execv(path, (char *const *)(size_t)run->argv.items);
	const int error = errno;
	if (error == ENOEXEC)
		failure("%s cannot be started: it is no program of this "
		        "machine, and no script that begins with #!",
		        path);
	else
		failure("%s cannot be started: %s%s", path, strerror(error),
		        error == ENOENT
		            ? " (the interpreter of its first line, "
		              "or its dynamic linker)"
		            : "");
	return error == ENOEXEC || error == ENOENT || error == EACCES
	           ? EXIT_USAGE
	           : EXIT_SYSTEM;
}

static int run_command(struct run *run)
{
	int status;

	if (run->options->command.count == 0) {
		failure("there is no program: it follows --, as in cohort run "
		        "-n 4 -- ./solver");
		return EXIT_USAGE;
	}
	if (!settings_apply(run->options))
		return EXIT_USAGE;
	cohort_prediction_free(run->prediction);
	run->prediction = NULL;
	if (cohort_predict(NULL, &run->prediction) != COHORT_OK) {
		failure("%s", library_sentence());
		return EXIT_SYSTEM;
	}
	status = check_prediction(run);
	if (status == EXIT_DONE)
		status = make_command(run);
	if (status != EXIT_DONE)
		return status;
	if (run->options->dry_run)
		return print_dry(run);
	text_list_add(&run->argv, NULL);
	run->argv.count--;
	announce(run);
	return become(run);
}

static void release(struct run *run)
{
	cohort_prediction_free(run->prediction);
	free(run->launcher.path);
	free(run->program);
	text_list_free(&run->argv);
}

int run_main(int argc, char *argv[])
{
	struct run_options options = {0};
	struct run run = {.options = &options};
	int status = EXIT_DONE;

	/* Who speaks, also if the command line is wrong. */
	if (cohort_predict(NULL, &run.prediction) != COHORT_OK)
		run.prediction = NULL;
	if (!options_parse(&run_option_set, argc, argv, &options,
	                   &options.command))
		status = EXIT_USAGE;
	else if (options.help)
		options_help(&run_option_set, stdout);
	else
		status = run_command(&run);
	if (status != EXIT_DONE)
		speaker_complain_if(is_first(&run), "cohort run");
	release(&run);
	options_free(&run_option_set, &options, &options.command);
	return status;
}
