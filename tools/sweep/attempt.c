#define _GNU_SOURCE /* sigabbrev_np, cpu_set_t */
#include "attempt.h"

#include "base/clock.h"
#include "base/exit_status.h"
#include "base/failure.h"
#include "base/memory.h"
#include "task/folder.h"
#include "task/path_error.h"
#include "verdict.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { VALUE_BYTES = 24 };

/* The texts of an attempt's builtins. */
struct builtins {
	char numbers[BUILTIN_COUNT][VALUE_BYTES];
	struct template_values values;
};

static void fill_builtins(const struct attempt *attempt, const char *folder,
                          struct builtins *out)
{
	const uint64_t numbers[BUILTIN_COUNT] = {
	    [BUILTIN_INDEX] = attempt->index,
	    [BUILTIN_SEED] = attempt->seed,
	    [BUILTIN_ATTEMPT] = (uint64_t)attempt->number,
	    [BUILTIN_RANK] = (uint64_t)attempt->rank,
	    [BUILTIN_SLOT] = (uint64_t)attempt->slot,
	};

	out->values.row = attempt->row;
	for (size_t b = 0; b < BUILTIN_COUNT; b++) {
		snprintf(out->numbers[b], VALUE_BYTES, "%" PRIu64, numbers[b]);
		out->values.builtins[b] = out->numbers[b];
	}
	out->values.builtins[BUILTIN_DIR] = folder ? folder : "";
}

static char *expand_one(const struct template *template,
                        const struct template_values *values)
{
	struct text text = {0};

	template_expand(template, values, &text);
	return text.bytes;
}

static void fill_arguments(struct workshop *shop,
                           const struct template_values *values)
{
	const size_t count = shop->command.count;

	text_clear(&shop->arguments);
	template_expand(&shop->command, values, &shop->arguments);
	static char shell[] = "/bin/sh";

	shop->words =
	    memory_resize(shop->words, count + 2, sizeof(*shop->words));
	shop->words[0] = shell;
	shop->argv = shop->words + 1;
	char *at = shop->arguments.bytes;
	for (size_t a = 0; a < count; a++) {
		shop->argv[a] = at;
		at += strlen(at) + 1;
	}
	shop->argv[count] = NULL;
}

static void fill_environment(struct workshop *shop,
                             const struct template_values *values)
{
	static const char *const names[BUILTIN_COUNT] = {
	    [BUILTIN_INDEX] = "COHORT_TASK_INDEX",
	    [BUILTIN_SEED] = "COHORT_TASK_SEED",
	    [BUILTIN_ATTEMPT] = "COHORT_TASK_ATTEMPT",
	    [BUILTIN_SLOT] = "COHORT_TASK_SLOT",
	};
	struct task_environment *environment = &shop->environment;
	const struct text_list *given = &shop->plan->options->environment;
	struct text name = {0};
	const char *value = values->row;

	task_environment_begin(environment);
	for (size_t b = 0; b < BUILTIN_COUNT; b++)
		if (names[b])
			task_environment_add(environment, names[b],
			                     values->builtins[b]);
	for (size_t c = 0; c < shop->names->columns; c++) {
		text_clear(&name);
		text_print(&name, "COHORT_P_%s", shop->names->names[c]);
		task_environment_add(environment, text_string(&name), value);
		value += strlen(value) + 1;
	}
	for (size_t i = 0; i < given->count; i++) {
		char *text = expand_one(&shop->values[i], values);

		text_clear(&name);
		text_add(&name, given->items[i], strcspn(given->items[i], "="));
		task_environment_set(environment, text_string(&name), text);
		free(text);
	}
	text_free(&name);
}

/* Opens a file to read. Neither a FIFO that nobody writes nor a terminal keeps
 * this rank waiting, where no timeout and no signal would end the wait. */
static int open_file(const char *path, struct text *sentence,
                     enum attempt_end *end)
{
	const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat about;

	if (file < 0 || fstat(file, &about)) {
		if (!path_error_stays(errno) && errno != ENXIO)
			*end = ATTEMPT_REFUSED;
		text_print(sentence, "--stdin %s: %s", path, strerror(errno));
	} else if (!S_ISREG(about.st_mode)) {
		text_print(sentence,
		           "--stdin %s: it is not a regular file: for "
		           "others, let the task open it",
		           path);
	} else if (fcntl(file, F_SETFL, 0)) {
		*end = ATTEMPT_REFUSED;
		text_print(sentence, "--stdin %s: %s", path, strerror(errno));
	} else {
		return file;
	}
	if (file >= 0)
		close(file);
	return -1;
}

/* Opens what --stdin names. */
static bool open_input(struct workshop *shop,
                       const struct template_values *values, int *out,
                       struct text *sentence, enum attempt_end *end)
{
	*out = shop->nothing;
	if (shop->input.count == 0)
		return true;
	char *path = expand_one(&shop->input, values);
	*out = open_file(path, sentence, end);
	free(path);
	return *out >= 0;
}

static bool find_program(struct workshop *shop, char **found)
{
	*found = NULL;
	return shop->program ||
	       program_find_to_start(shop->argv[0], shop->start, found);
}

/* Runs the process, whose command line is ready. */
static void run_process(struct workshop *shop, const char *program,
                        const char *folder, int input,
                        struct process_result *result)
{
	const struct sweep_plan *plan = shop->plan;
	struct spawn spawn = {
	    .path = program,
	    .arguments = shop->argv,
	    .shell = shop->words,
	    .environment = task_environment_list(&shop->environment),
	    .folder = folder,
	    .input = input,
	    .nice = plan->nice,
	    .memory = shop->memory.folder ? 0 : plan->memory,
	    .group = shop->memory.folder ? shop->memory.processes : -1,
	    .cores = shop->cores,
	    .noted = shop->guard.group,
	};
	const struct process_limits limits = {
	    .timeout = plan->timeout,
	    .grace = plan->grace,
	    .stop = shop->stop,
	    .stop_arg = shop->stop_arg,
	    .take = task_output_take,
	    .take_arg = &shop->output,
	};

	memory_group_begin(&shop->memory);
	process_run(&spawn, &limits, result);
	result->out_of_memory = memory_group_has_killed(&shop->memory);
}

static enum attempt_end end_of(const struct process_result *result)
{
	if (result->end == PROCESS_STOPPED)
		return ATTEMPT_STOPPED;
	return result->end == PROCESS_REFUSED || result->end == PROCESS_UNKEPT
	           ? ATTEMPT_REFUSED
	           : ATTEMPT_DONE;
}

/* Whether something else may have ended the program than its own fault or one
 * of our limits: it may be about to end us, too. */
static bool is_in_doubt(const struct process_result *result)
{
	return !result->out_of_memory &&
	       (result->end == PROCESS_SIGNALLED ||
	        (result->end == PROCESS_EXITED && result->exit_status != 0));
}

static enum attempt_end run_in_folder(struct workshop *shop,
                                      const struct template_values *values,
                                      const char *own_folder,
                                      struct task_record *record,
                                      struct text *sentence, bool *in_doubt)
{
	struct process_result result = {.end = PROCESS_IMPOSSIBLE};
	enum attempt_end end = ATTEMPT_DONE;
	char *found = NULL;
	int input = -1;
	char *folder =
	    shop->folder.count > 0 ? expand_one(&shop->folder, values) : NULL;

	fill_arguments(shop, values);
	fill_environment(shop, values);
	if (!find_program(shop, &found)) {
		text_add_string(sentence, failure_sentence());
	} else if (open_input(shop, values, &input, sentence, &end)) {
		run_process(shop, found ? found : shop->program,
		            folder                           ? folder
		            : shop->plan->options->temporary ? own_folder
		                                             : NULL,
		            input, &result);
		verdict_fill(shop->plan, shop->memory.folder != NULL, &result,
		             record, sentence);
		end = end_of(&result);
	}
	*in_doubt = is_in_doubt(&result);
	if (input >= 0 && input != shop->nothing)
		close(input);
	free(found);
	free(folder);
	return end;
}

/* The sentence of what was tried last. */
static enum attempt_end refused(struct text *sentence)
{
	text_clear(sentence);
	text_add_string(sentence, failure_sentence());
	return ATTEMPT_REFUSED;
}

/* Ends what task_output_begin and folder_make have begun. False if the output
 * could not be kept. */
static bool finish_attempt(struct workshop *shop, const struct attempt *attempt,
                           char *folder, struct task_record *record,
                           struct text *sentence)
{
	const struct sweep_options *options = shop->plan->options;
	const bool is_kept = task_output_end(&shop->output, record, sentence);
	const bool keep = !options->temporary ||
	                  (options->keep_failed && record->end != TASK_OK);

	/* The task's result is as good. */
	if (folder && !keep && !folder_remove(folder))
		fprintf(stderr, "cohort: rank %d: --tmp: task %zu: %s\n",
		        attempt->rank, attempt->index, failure_sentence());
	free(folder);
	return is_kept;
}

enum attempt_end attempt_run(struct workshop *shop,
                             const struct attempt *attempt,
                             struct task_record *record, struct text *sentence,
                             bool *in_doubt)
{
	struct builtins builtins;
	enum attempt_end end;
	char *folder = NULL;

	*record = (struct task_record){
	    .end = TASK_FAILED,
	    .exit_status = -1,
	    .rank = attempt->rank,
	    .attempts = attempt->number + 1,
	    .started = clock_since_1970(),
	    .key = attempt->key,
	    .key_bytes = attempt->key_bytes,
	};
	text_clear(sentence);
	*in_doubt = false;
	if (!task_output_begin(&shop->output, attempt->index) ||
	    (shop->needs_folder && !folder_make(shop->folders, &folder))) {
		end = refused(sentence);
		if (failure_status() != EXIT_SYSTEM)
			end = ATTEMPT_DONE;
	} else {
		fill_builtins(attempt, folder, &builtins);
		end = run_in_folder(shop, &builtins.values, folder, record,
		                    sentence, in_doubt);
	}
	if (!finish_attempt(shop, attempt, folder, record, sentence) &&
	    end == ATTEMPT_DONE)
		end = refused(sentence);
	return end;
}
