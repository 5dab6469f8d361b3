/* `cohort status`: how far a sweep is, also while it runs. */
#include "folder_command.h"
#include "results.h"
#include "running.h"
#include "sweep/description.h"
#include "sweep/loaded.h"
#include "sweep/summary.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

struct status_options {
	bool all;
	bool help;
};

static const struct option options[] = {
    {"Options", "all", 0, OPTION_FLAG, offsetof(struct status_options, all),
     NULL, "List all ranks that run a task, not only 20 of them."},
    {NULL, "help", 'h', OPTION_FLAG, offsetof(struct status_options, help),
     NULL, "Print this."},
};

const struct option_set status_option_set = {
    "cohort status", "[OPTION]... DIR",
    "Print how far the sweep in DIR is, also while it runs elsewhere: which "
    "tasks have failed and why, its rate and the time left, and which rank "
    "runs which task for how long.",
    options, sizeof(options) / sizeof(options[0])};

/* How many outcomes there are of each kind, and what the tasks took. */
struct tally {
	size_t of[TASK_END_COUNT];
	double seconds;
	double user;
	double system;
};

static struct tally count_outcomes(const struct loaded *loaded)
{
	struct tally tally = {0};

	for (size_t row = 0; row < loaded->table.rows; row++) {
		const struct task_record record =
		    outcome_record(&loaded->outcomes[row]);

		tally.of[record.end]++;
		tally.seconds += record.seconds;
		tally.user += record.user;
		tally.system += record.system;
	}
	return tally;
}

static void print_tally(const struct loaded *loaded, const struct tally *tally)
{
	const size_t total = loaded->table.rows;
	const size_t run = total - tally->of[TASK_NOT_RUN];

	printf("%zu of %zu tasks were run", run, total);
	for (int end = 0; end < TASK_END_COUNT; end++)
		if (tally->of[end] > 0)
			printf("%s %zu %s", end == 0 ? ":" : ",",
			       tally->of[end], task_end_words[end]);
	printf("\n");
	if (run > 0)
		printf("mean time of a task: %.3f s; CPU time: %.3f s user, "
		       "%.3f s system\n",
		       tally->seconds / (double)run, tally->user / (double)run,
		       tally->system / (double)run);
}

static bool print_status(const void *arg, const struct text_list *arguments)
{
	const struct status_options *given = arg;
	const char *folder = arguments->items[0];
	struct loaded loaded;
	char *command = description_command(folder);

	if (!command)
		return false;
	printf("%s: %s\n", folder, command);
	free(command);
	const bool good = loaded_read(folder, NULL, &loaded);
	if (good) {
		const struct tally tally = count_outcomes(&loaded);

		print_tally(&loaded, &tally);
		running_print(folder, &loaded, given->all);
		summary_print_reasons(loaded.outcomes, loaded.table.rows,
		                      &(struct chosen){0}, folder, stdout);
	}
	loaded_free(&loaded);
	return good;
}

int status_main(int argc, char *argv[])
{
	struct status_options given = {0};
	const struct folder_command status = {
	    .set = &status_option_set,
	    .given = &given,
	    .help = &given.help,
	    .least = 1,
	    .most = 1,
	    .run = print_status,
	};

	return folder_command_main(&status, argc, argv);
}
