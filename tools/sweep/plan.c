#define _POSIX_C_SOURCE 200809L
#include "plan.h"

#include "base/clock.h"
#include "base/failure.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "group.h"
#include "halt_read.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const double default_grace = 5;

enum { RANKS_MOST = 1000000, RETRIES_MOST = 1000000 };

/* A count of an option that may be missing. */
static bool read_count(const char *option, const char *text, uint64_t least,
                       uint64_t most, int *out)
{
	uint64_t count;

	if (!text)
		return true;
	if (!number_read_count(text, most, &count) || count < least)
		return failure(
		    "%s %s: expected a whole number from %llu to %llu", option,
		    text, (unsigned long long)least, (unsigned long long)most);
	*out = (int)count;
	return true;
}

/* --gpus, or --gpus with a count. */
static bool read_gpus(const char *text, struct sweep_plan *out)
{
	out->deals_gpus = text != NULL;
	return !text || !*text ||
	       read_count("--gpus", text, 1, RANKS_MOST, &out->gpus);
}

static bool read_seconds(const char *option, const char *text, double least,
                         double *out)
{
	if (!text)
		return true;
	return (number_read(text, out) && *out >= least) ||
	       failure("%s %s: expected a number of seconds, %s", option, text,
	               least > 0 ? "above 0" : "0 or more");
}

/* 500M, 2G, 1.5T: powers of 1024. */
static bool read_size(const char *text, uint64_t *out)
{
	static const char units[] = "KMGT";
	char number[NUMBER_BYTES];
	double value;

	if (!text)
		return true;
	size_t length = strcspn(text, "kKmMgGtTiB");
	const char *rest = text + length;
	const char *unit =
	    *rest ? strchr(units, toupper((unsigned char)*rest)) : NULL;
	if (length < sizeof(number) && (!*rest || unit)) {
		memcpy(number, text, length);
		number[length] = '\0';
		rest += unit != NULL;
		rest += *rest == 'i';
		rest += *rest == 'B';
		if (!*rest && number_read(number, &value) && value > 0) {
			for (const char *u = units; unit && u <= unit; u++)
				value *= 1024;
			if (value >= 1 && value < 0x1p62) {
				*out = (uint64_t)value;
				return true;
			}
		}
	}
	return failure("--mem %s: expected a size such as 500M or 2G", text);
}

/* Seconds from now, or @ and a time. */
static bool read_deadline(const char *text, double *out, bool *ignores_slurm)
{
	const char *slurm = getenv("SLURM_JOB_END_TIME");
	double time;

	if (text && *text != '@')
		return (number_read(text, out) && *out > 0) ||
		       failure("--deadline %s: expected seconds from now, or @ "
		               "and seconds since 1970",
		               text);
	if (!text && !slurm)
		return true;
	if (!text && !number_read(slurm, &time)) {
		*ignores_slurm = true;
		return true;
	}
	if (text && !number_read(text + 1, &time))
		return failure("--deadline %s: expected @ and a number of "
		               "seconds since 1970",
		               text);
	*out = time - clock_since_1970();
	/* A time that has passed: nothing begins. */
	if (*out <= 0)
		*out = 1e-9;
	return true;
}

/* The name of the input or of the command, without its folder and ending. */
static char *default_journal(const struct sweep_options *options)
{
	const bool named = options->input && strcmp(options->input, "-") != 0;
	const char *path = named ? options->input : options->command.items[0];
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	const size_t length =
	    named && dot && dot > name ? (size_t)(dot - name) : strlen(name);
	struct text text = {0};

	/* A script's text is no name of a directory. */
	if (options->shell && !named)
		text_add_string(&text, "sweep");
	else
		text_add(&text, name, length);
	text_add_string(&text, ".cohort");
	text_string(&text);
	return text.bytes;
}

static bool check_environment(const struct sweep_options *options)
{
	for (size_t i = 0; i < options->environment.count; i++) {
		const char *variable = options->environment.items[i];
		const char *equals = strchr(variable, '=');

		if (!equals || equals == variable)
			return failure("--env %s: expected NAME=VALUE",
			               variable);
	}
	return true;
}

static bool check_together(const struct sweep_options *options)
{
	if (options->keep_failed && !options->temporary)
		return failure("--keep-failed keeps the directories of --tmp: "
		               "add that");
	if (options->temporary && options->folder)
		return failure(
		    "--tmp and --chdir both say where a task begins: "
		    "use {dir} with one of them");
	if (options->retry_on && strcmp(options->retry_on, "exit") != 0)
		return failure("--retry-on %s: there is exit",
		               options->retry_on);
	if (options->retry_on && !options->retries)
		return failure(
		    "--retry-on says when --retries counts: add that");
	if (options->method && !options->sample)
		return failure("--method says how --sample draws: add that");
	if (options->dry_run && *options->dry_run &&
	    strcmp(options->dry_run, "params") != 0)
		return failure("--dry-run=%s: there is --dry-run=params",
		               options->dry_run);
	if (!group_check_backend(options->backend))
		return false;
	if (options->format && !options->input)
		return failure("--format is that of --input: add that, or use "
		               "--output-format");
	return check_environment(options);
}

/* Whether a script has the variable of a parameter. */
static bool names_variable(const struct sweep_options *options)
{
	const struct text_list *command = &options->command;
	bool is_in = false;

	for (size_t i = 0; options->shell && i < command->count; i++)
		is_in = is_in || strstr(command->items[i], "COHORT_P_");
	return is_in;
}

/* Values that are put somewhere else are not arguments as well. */
static enum template_rest choose_rest(const struct sweep_options *options)
{
	const struct text_list *variables = &options->environment;
	bool is_in =
	    names_variable(options) ||
	    (options->folder && template_is_in(options->folder)) ||
	    (options->input_of_task && template_is_in(options->input_of_task));

	for (size_t i = 0; i < variables->count; i++)
		is_in = is_in || template_is_in(variables->items[i]);
	return is_in ? TEMPLATE_ADDS_NONE : TEMPLATE_ADDS_ALL;
}

bool sweep_plan_make(const struct sweep_options *options,
                     struct sweep_plan *out)
{
	*out = (struct sweep_plan){.options = options, .grace = default_grace};
	if (options->command.count == 0)
		return failure("there is no command: cohort sweep [OPTION]... "
		               "-- COMMAND [ARGUMENT]...");
	out->parameters = (struct parameter_options){
	    .input = options->input,
	    .format = options->format,
	    .values = options->values.items,
	    .value_count = options->values.count,
	    .zip = options->zip,
	    .sample = options->sample,
	    .method = options->method,
	    .seed = options->seed,
	};
	if (!check_together(options) ||
	    !measures_read(options->no_measures, options->all_measures,
	                   &out->measures) ||
	    !parameters_seed(&out->parameters, &out->seed) ||
	    !read_seconds("--timeout", options->timeout, 1e-3, &out->timeout) ||
	    !read_seconds("--grace", options->grace, 0, &out->grace) ||
	    !read_count("--retries", options->retries, 0, RETRIES_MOST,
	                &out->retries) ||
	    !read_count("--nice", options->nice, 0, 39, &out->nice) ||
	    !read_count("--cpus", options->cpus, 1, RANKS_MOST, &out->cpus) ||
	    !read_gpus(options->gpus, out) ||
	    !read_count("--ranks", options->ranks, 1, RANKS_MOST,
	                &out->ranks) ||
	    !read_size(options->memory, &out->memory) ||
	    !halt_read(options->halt, out) ||
	    !read_deadline(options->deadline, &out->deadline,
	                   &out->ignores_slurm) ||
	    !only_read(options->only, &out->only) ||
	    !parse_read(options->parse.items, options->parse.count,
	                options->columns, &out->parse))
		return false;
	if (options->fresh && out->only.failed)
		return failure("--only failed runs tasks of an earlier run, "
		               "and --fresh begins without one: leave one of "
		               "them out");
	out->rest = choose_rest(options);
	out->retries_exits = options->retry_on != NULL;
	out->journal = options->journal ? memory_text(options->journal,
	                                              strlen(options->journal))
	                                : default_journal(options);
	return true;
}

void sweep_plan_free(struct sweep_plan *plan)
{
	parse_free(&plan->parse);
	only_free(&plan->only);
	free(plan->journal);
	plan->journal = NULL;
}
