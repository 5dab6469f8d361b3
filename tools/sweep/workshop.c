#define _POSIX_C_SOURCE 200809L
#include "workshop.h"

#include "base/failure.h"
#include "base/memory.h"
#include "task/gpus.h"
#include "task/path_error.h"
#include "task/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool parse_templates(const struct sweep_plan *plan,
                            const struct table *names, struct workshop *shop)
{
	const struct sweep_options *options = plan->options;
	const struct text_list *variables = &options->environment;
	bool good =
	    template_parse(options->command.items, options->command.count,
	                   names, plan->rest, options->shell, &shop->command);

	if (good && options->folder)
		good = template_parse_text("--chdir", options->folder, names,
		                           &shop->folder);
	if (good && options->input_of_task)
		good = template_parse_text("--stdin", options->input_of_task,
		                           names, &shop->input);
	shop->values = memory_new(variables->count, sizeof(*shop->values));
	for (size_t i = 0; good && i < variables->count; i++)
		good = template_parse_text("--env",
		                           strchr(variables->items[i], '=') + 1,
		                           names, &shop->values[i]);
	return good;
}

static bool is_used(const struct workshop *shop, const struct sweep_plan *plan,
                    enum builtin builtin)
{
	bool used = shop->command.uses[builtin] || shop->folder.uses[builtin] ||
	            shop->input.uses[builtin];

	for (size_t i = 0; i < plan->options->environment.count; i++)
		used = used || shop->values[i].uses[builtin];
	return used;
}

/* The program's name, which may be empty; NULL: it has placeholders. */
static const char *literal_name(const struct template *command)
{
	const struct argument *name = &command->arguments[0];

	if (name->count == 0)
		return "";
	return name->count == 1 && name->pieces[0].kind == PIECE_TEXT
	           ? name->pieces[0].text
	           : NULL;
}

bool workshop_prepare(struct workshop *shop, const struct sweep_plan *plan,
                      const struct table *names)
{
	*shop = (struct workshop){.plan = plan, .names = names, .nothing = -1};
	shop->memory.processes = -1;
	shop->guard.pipe = -1;
	if (!parse_templates(plan, names, shop))
		return false;
	shop->needs_folder =
	    plan->options->temporary || is_used(shop, plan, BUILTIN_DIR);
	shop->start = plan->options->temporary || plan->options->folder
	                  ? PROGRAM_STARTS_ANYWHERE
	                  : PROGRAM_STARTS_HERE;
	const char *name = literal_name(&shop->command);
	return plan->options->dry_run || !name ||
	       program_find_to_start(name, shop->start, &shop->program);
}

void workshop_release(struct workshop *shop)
{
	template_free(&shop->command);
	template_free(&shop->folder);
	template_free(&shop->input);
	for (size_t i = 0;
	     shop->values && i < shop->plan->options->environment.count; i++)
		template_free(&shop->values[i]);
	free(shop->values);
	free(shop->program);
	guard_close(&shop->guard);
	memory_group_close(&shop->memory);
	free(shop->folders);
	if (shop->nothing >= 0)
		close(shop->nothing);
	task_environment_free(&shop->environment);
	text_free(&shop->arguments);
	free(shop->words);
}

/* Of a sweep that runs. */
static bool check_cores(const struct sweep_plan *plan,
                        const struct core_share *share)
{
	const int cores = share->machine;

	return plan->options->dry_run || plan->cpus <= cores ||
	       failure("--cpus %d: the ranks on this machine may use %d core%s",
	               plan->cpus, cores, cores == 1 ? "" : "s");
}

/* Of a sweep that runs. */
static bool check_gpus(const struct sweep_plan *plan)
{
	return plan->options->dry_run || !plan->deals_gpus ||
	       gpus_check(plan->gpus);
}

/* What a template without placeholders says; NULL: it has some, or there is no
 * such option. */
static const char *literal_text(const struct template *template)
{
	return template->count > 0 ? literal_name(template) : NULL;
}

/* --chdir and --stdin without placeholders, before the first task. */
static bool check_places(const struct workshop *shop)
{
	const char *folder = literal_text(&shop->folder);
	const char *input = literal_text(&shop->input);
	struct stat about;

	if (folder && stat(folder, &about))
		return failure_of(path_error_stays(errno), "--chdir %s: %s",
		                  folder, strerror(errno));
	if (folder && !S_ISDIR(about.st_mode))
		return failure("--chdir %s: it is no directory", folder);
	if (folder && access(folder, X_OK))
		return failure_of(path_error_stays(errno), "--chdir %s: %s",
		                  folder, strerror(errno));
	if (input && (stat(input, &about) || access(input, R_OK)))
		return failure_of(path_error_stays(errno), "--stdin %s: %s",
		                  input, strerror(errno));
	return !input || S_ISREG(about.st_mode) ||
	       failure("--stdin %s: it is not a regular file: for others, let "
	               "the task open it",
	               input);
}

bool workshop_check(const struct sweep_plan *plan, struct sweep_setup *setup)
{
	struct workshop shop;
	const bool good = workshop_prepare(&shop, plan, &setup->names) &&
	                  check_cores(plan, &setup->cores) &&
	                  check_gpus(plan) &&
	                  (plan->options->dry_run || check_places(&shop));

	if (good) {
		setup->ties = (struct ties){
		    .to_index = is_used(&shop, plan, BUILTIN_SEED) ||
		                is_used(&shop, plan, BUILTIN_INDEX),
		    .to_order = shop.command.adds_all,
		    .to_seed = plan->seed,
		};
	}
	workshop_release(&shop);
	return good;
}
