#define _XOPEN_SOURCE 700 /* realpath */
#include "prepare.h"

#include "base/failure.h"
#include "base/memory.h"
#include "cases.h"
#include "column_names.h"
#include "description.h"
#include "loaded.h"
#include "note.h"
#include "output/table_writer.h"
#include "report.h"
#include "set_aside.h"
#include "task/path_error.h"
#include "task/template.h"
#include "workshop.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The highest run that has left records or packed files; 0 if none has. */
static uint64_t last_run(const char *folder)
{
	DIR *directory = opendir(folder);
	unsigned long long last = 0;
	unsigned long long run;
	struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		if ((sscanf(entry->d_name, "output-%llu-", &run) == 1 ||
		     sscanf(entry->d_name, "tasks-%llu-", &run) == 1) &&
		    run > last)
			last = run;
	if (directory)
		closedir(directory);
	return last;
}

static bool make_output_folder(const char *folder, bool *is_made)
{
	struct stat info;

	if (!folder || (!stat(folder, &info) && S_ISDIR(info.st_mode)))
		return true;
	*is_made = !mkdir(folder, 0777);
	return *is_made || failure_of(path_error_stays(errno),
	                              "--output-dir %s cannot be made: %s",
	                              folder, strerror(errno));
}

/* --fresh gives the sweep's directory, and all that is in it, another name. */
static bool moves_away(const char *output_folder, const char *journal)
{
	char *inner = output_folder ? realpath(output_folder, NULL) : NULL;
	char *outer = realpath(journal, NULL);
	const size_t length = outer ? strlen(outer) : 0;
	const bool moves = inner && outer && !strncmp(inner, outer, length) &&
	                   (inner[length] == '/' || inner[length] == '\0');

	free(inner);
	free(outer);
	return moves;
}

/* Failures at which --halt stops a sweep of `count` tasks. */
static uint64_t halt_count(const struct sweep_plan *plan, size_t count)
{
	if (plan->halt == HALT_NEVER)
		return 0;
	if (!plan->halt_percent)
		return plan->halt_at;
	const uint64_t share = (count * plan->halt_at + 99) / 100;
	return share > 0 ? share : 1;
}

static void copy_names(const struct table *table, struct table *names)
{
	for (size_t c = 0; c < table->columns; c++)
		table_add_column(names, table->names[c],
		                 strlen(table->names[c]));
}

/* The tasks of --only. Those that have failed are known from the journal; of
 * the others --retry-failed leaves out those that need not run again, because
 * only another --parse has made them fail. */
static bool choose(const struct sweep_plan *plan, const struct table *table,
                   struct sweep_setup *setup)
{
	const bool may_mend = plan->options->retry_failed &&
	                      !plan->options->fresh &&
	                      description_exists(plan->journal);
	struct chosen *chosen = &setup->chosen;
	struct loaded loaded = {0};
	struct stat info;

	if (!plan->only.failed && !may_mend)
		return only_choose(&plan->only, table->rows, NULL, chosen);
	if (stat(plan->journal, &info))
		return failure("--only failed: there is no sweep in %s yet, "
		               "of which tasks could have failed",
		               plan->journal);
	const bool good =
	    loaded_read_for(plan->journal, table, setup->ties, &plan->parse,
	                    &loaded) &&
	    only_choose(&plan->only, table->rows, loaded.outcomes, chosen);
	if (good)
		setup->mended =
		    only_leave_mended(loaded.outcomes, table->rows, chosen);
	loaded_free(&loaded);
	return good;
}

/* Columns of the table that are known before the sweep. */
static size_t count_columns(const struct sweep_plan *plan,
                            const struct table *parameters)
{
	return parameters->columns + report_own_count(plan->measures) +
	       parse_name_count(&plan->parse);
}

/* Says that results which the directory has are those of another --seed. */
static bool warn_of_seed(const struct sweep_plan *plan)
{
	struct ties ties;

	if (!description_exists(plan->journal))
		return true;
	if (!description_ties(plan->journal, &ties))
		return false;
	if (ties.to_seed != plan->seed)
		fprintf(stderr,
		        "cohort sweep: the last run in %s had seed %" PRIu64
		        " and this one has %" PRIu64 " (--seed): only results "
		        "with this seed are used\n",
		        plan->journal, ties.to_seed, plan->seed);
	return true;
}

bool prepare_sweep(const struct sweep_plan *plan, const json_t *description,
                   struct sweep_root *root, struct sweep_setup *setup)
{
	const struct sweep_options *options = plan->options;

	if (!parameters_make(&plan->parameters, &root->table))
		return false;
	copy_names(&root->table, &setup->names);
	if (!column_names_check(&root->table, &plan->parse) ||
	    !workshop_check(plan, setup) || !choose(plan, &root->table, setup))
		return false;
	if (options->dry_run)
		return true;
	if (options->output &&
	    !table_writer_check(options->output, options->output_format,
	                        count_columns(plan, &root->table)))
		return false;
	if (!set_aside_check(plan->journal) ||
	    (!options->fresh &&
	     (!description_check(plan->journal, description) ||
	      !warn_of_seed(plan))))
		return false;
	setup->run = options->fresh ? 1 : last_run(plan->journal) + 1;
	setup->halt_at =
	    halt_count(plan, chosen_count(&setup->chosen, root->table.rows));
	return true;
}

bool prepare_folders(const struct sweep_plan *plan, struct sweep_root *root)
{
	const char *folder = plan->options->output_folder;

	if (!make_output_folder(folder, &root->made_output_folder))
		return false;
	if (!plan->options->fresh)
		return true;
	if (moves_away(folder, plan->journal)
	        ? failure("--output-dir %s is in %s, which --fresh renames",
	                  folder, plan->journal)
	        : set_aside(plan->journal))
		return true;
	prepare_undo(plan, root);
	return false;
}

void prepare_undo(const struct sweep_plan *plan, struct sweep_root *root)
{
	if (root->made_output_folder)
		rmdir(plan->options->output_folder);
	root->made_output_folder = false;
}

bool prepare_note(const char *folder, const struct sweep_setup *setup,
                  const json_t *description, struct sweep_root *root)
{
	if (root->is_noted)
		return true;
	notes_remove_old(folder, setup->run);
	root->is_noted = description_write(folder, description, &setup->ties) &&
	                 cases_write(folder, &root->table);
	return root->is_noted;
}

/* ---- --dry-run ---- */

static bool print_commands(const struct sweep_plan *plan,
                           const struct table *table,
                           const struct chosen *chosen)
{
	static const char *const shown[BUILTIN_COUNT] = {
	    [BUILTIN_SEED] = "{seed}", [BUILTIN_ATTEMPT] = "0",
	    [BUILTIN_RANK] = "{rank}", [BUILTIN_SLOT] = "{slot}",
	    [BUILTIN_DIR] = "{dir}",
	};
	const struct sweep_options *options = plan->options;
	struct template_values values;
	struct template command;
	struct text arguments = {0};
	struct text line = {0};
	char index[24];
	size_t bytes;

	memcpy(values.builtins, shown, sizeof(shown));
	values.builtins[BUILTIN_INDEX] = index;
	if (!template_parse(options->command.items, options->command.count,
	                    table, plan->rest, options->shell, &command))
		return false;
	for (size_t i = 0; i < chosen_count(chosen, table->rows); i++) {
		const size_t row = chosen_index(chosen, i);

		text_clear(&arguments);
		text_clear(&line);
		snprintf(index, sizeof(index), "%zu", row);
		values.row = table_row(table, row, &bytes);
		template_expand(&command, &values, &arguments);
		template_quote(arguments.bytes, command.count, &line);
		puts(text_string(&line));
	}
	text_free(&arguments);
	text_free(&line);
	template_free(&command);
	return true;
}

static bool print_parameters(const struct table *table,
                             const struct chosen *chosen)
{
	struct output_column *columns =
	    memory_new(table->columns + 1, sizeof(*columns));
	const char **values = memory_new(table->columns + 1, sizeof(*values));
	struct table_writer writer;
	size_t bytes;

	for (size_t c = 0; c < table->columns; c++)
		columns[c] =
		    (struct output_column){table->names[c], OUTPUT_ANY};
	bool good =
	    table_writer_open(&writer, "-", "csv", columns, table->columns);
	for (size_t i = 0; good && i < chosen_count(chosen, table->rows); i++) {
		const char *at =
		    table_row(table, chosen_index(chosen, i), &bytes);

		for (size_t c = 0; c < table->columns; c++) {
			values[c] = at;
			at += strlen(at) + 1;
		}
		good = table_writer_row(&writer, values);
	}
	good = table_writer_close(&writer, good);
	free(columns);
	free(values);
	return good;
}

bool prepare_print(const struct sweep_plan *plan, const struct table *table,
                   const struct chosen *chosen)
{
	const bool good = *plan->options->dry_run
	                      ? print_parameters(table, chosen)
	                      : print_commands(plan, table, chosen);

	if (good && (fflush(stdout) || ferror(stdout)))
		return failure_of_system(
		    "standard output cannot be written: %s", strerror(errno));
	return good;
}
