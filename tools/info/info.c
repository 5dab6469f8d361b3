/* `cohort info`: what cohort_predict says, what the modules load, and what the
 * machine allows. */
#define _POSIX_C_SOURCE 200809L
#include "info.h"

#include "base/exit_status.h"
#include "base/failure.h"
#include "base/library_sentence.h"
#include "base/names.h"
#include "base/number.h"
#include "base/speaker.h"
#include "options.h"
#include "print.h"
#include "sections.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Not EXIT_TASKS: nothing was run. */
enum { EXIT_NOT_TO_BE_HAD = 1 };

static json_t *section_backend(const cohort_prediction *prediction,
                               const json_t *module)
{
	const bool has_ranks = prediction->ranks >= 0;
	const json_t *path = module ? json_object_get(module, "module") : NULL;

	return json_pack(
	    "{s:s?, s:o, s:s?, s:s?, s:o}", "name", prediction->backend,
	    "ranks", has_ranks ? json_integer(prediction->ranks) : json_null(),
	    "reason", prediction->reason, "module",
	    path ? json_string_value(path) : NULL, "problem", json_null());
}

/* The status for what is asked for, with its sentence. */
static int judge(const cohort_prediction *prediction, const json_t *modules,
                 const json_t **module)
{
	*module = NULL;
	if (prediction->status != COHORT_OK) {
		failure("%s", prediction->error);
		return prediction->status == COHORT_ECONFIG
		           ? EXIT_USAGE
		           : EXIT_NOT_TO_BE_HAD;
	}
	if (strcmp(prediction->backend, "mpi") != 0)
		return EXIT_DONE;
	*module = section_modules_choice(modules, prediction);
	return *module ? EXIT_DONE : EXIT_NOT_TO_BE_HAD;
}

static json_t *collect(const cohort_prediction *prediction, int *status)
{
	json_t *modules = section_modules(prediction);
	const json_t *module;
	json_t *launcher = section_launcher(prediction);

	*status = judge(prediction, modules, &module);
	json_t *backend = section_backend(prediction, module);
	if (*status != EXIT_DONE)
		json_object_set_new(backend, "problem",
		                    json_string(failure_sentence()));
	return json_pack(
	    "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "cohort",
	    section_cohort(), "backend", backend, "cores",
	    section_cores(prediction), "launcher", launcher, "modules", modules,
	    "variables", section_variables(), "memory", section_memory(),
	    "limits", section_limits(), "built_with", section_built_with());
}

static const char *problem_of(const json_t *info)
{
	return json_string_value(
	    json_object_get(json_object_get(info, "backend"), "problem"));
}

static bool print(const json_t *info, const struct info_options *options)
{
	if (options->json) {
		json_dumpf(info, stdout, JSON_INDENT(2));
		fputc('\n', stdout);
	} else {
		info_print(info, stdout);
	}
	return fflush(stdout) == 0 ||
	       failure("standard output cannot be written: %s",
	               strerror(errno));
}

static int report(const struct info_options *options,
                  const cohort_prediction *prediction)
{
	int status;
	json_t *info = collect(prediction, &status);

	/* Under a launcher one process speaks for all. */
	if (prediction->launcher_rank <= 0) {
		if (status != EXIT_DONE)
			fprintf(stderr, "cohort info: %s\n", problem_of(info));
		if (!print(info, options)) {
			fprintf(stderr, "cohort info: %s\n",
			        failure_sentence());
			status = EXIT_SYSTEM;
		}
	}
	json_decref(info);
	return status;
}

/* ---- the command line ---- */

static bool check_backend(const char *name)
{
	static const char *const names[] = {"auto", "serial", "mp", "mpi"};
	enum { NAMES = sizeof(names) / sizeof(names[0]) };

	for (size_t i = 0; i < NAMES; i++)
		if (!strcmp(name, names[i]))
			return true;
	const char *near = names_nearest(name, names, NAMES);
	return failure("--backend %s: expected auto, serial, mp or mpi%s%s%s",
	               name, near ? "; did you mean " : "", near ? near : "",
	               near ? "?" : "");
}

static bool read_options(const struct info_options *options,
                         cohort_options *out)
{
	uint64_t ranks;

	if (options->rest.count > 0)
		return failure("'%s' is no option, and nothing else is "
		               "expected; cohort info --help lists all options",
		               options->rest.items[0]);
	if (options->backend && !check_backend(options->backend))
		return false;
	out->backend = options->backend;
	if (!options->ranks)
		return true;
	if (!number_read_count(options->ranks, INT_MAX, &ranks) || ranks == 0)
		return failure("--ranks %s: expected a whole number from 1 up",
		               options->ranks);
	out->size = (int)ranks;
	return true;
}

static int info_of(const struct info_options *options)
{
	cohort_options group = {0};
	cohort_prediction *prediction = NULL;
	int status = EXIT_USAGE;

	if (!read_options(options, &group)) {
		speaker_complain("cohort info");
		return EXIT_USAGE;
	}
	if (cohort_predict(&group, &prediction) != COHORT_OK) {
		fprintf(stderr, "cohort info: %s\n", library_sentence());
		return EXIT_SYSTEM;
	}
	status = report(options, prediction);
	cohort_prediction_free(prediction);
	return status;
}

int info_main(int argc, char *argv[])
{
	struct info_options options = {0};
	int status = EXIT_DONE;

	if (!options_parse(&info_option_set, argc, argv, &options,
	                   &options.rest)) {
		speaker_complain("cohort info");
		status = EXIT_USAGE;
	} else if (options.help) {
		options_help(&info_option_set, stdout);
		status = EXIT_DONE;
	} else {
		status = info_of(&options);
	}
	options_free(&info_option_set, &options, &options.rest);
	return status;
}
