/* `cohort output`: what tasks printed. */
#include "base/failure.h"
#include "base/number.h"
#include "folder_command.h"
#include "results.h"
#include "running.h"
#include "sweep/loaded.h"
#include "task/pack.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

struct output_options {
	bool help;
};

static const struct option options[] = {
    {"Options", "help", 'h', OPTION_FLAG, offsetof(struct output_options, help),
     NULL, "Print this."},
};

const struct option_set output_option_set = {
    "cohort output", "DIR INDEX...",
    "Print what these tasks of the sweep in DIR printed, to standard output "
    "and standard error as they did.",
    options, sizeof(options) / sizeof(options[0])};

static bool print_bytes(void *arg, enum process_stream stream,
                        const void *bytes, size_t count)
{
	bool *failed = arg;
	FILE *file = stream == STREAM_ERRORS ? stderr : stdout;

	*failed = fwrite(bytes, 1, count, file) < count || fflush(file);
	return !*failed;
}

static bool not_run(const char *folder, uint64_t index, const char *text)
{
	double seconds = 0;
	const int rank = running_rank_of(folder, index, &seconds);

	if (rank < 0)
		return failure("task %s has not been run yet", text);
	return failure("rank %d has run task %s for %.0f s: what it prints is "
	               "here when it has ended; a sweep with --tag shows it "
	               "at once, and --output-dir has it in files",
	               rank, text, seconds);
}

static bool print_task(const char *folder, const struct loaded *loaded,
                       const char *text)
{
	uint64_t index;
	bool failed = false;
	struct text path = {0};

	if (loaded->table.rows == 0)
		return failure("%s: the sweep in %s has no tasks", text,
		               folder);
	if (!number_read_count(text, UINT64_MAX, &index) ||
	    index >= loaded->table.rows)
		return failure("%s: the sweep in %s has tasks 0 to %zu", text,
		               folder, loaded->table.rows - 1);
	const struct task_record record =
	    outcome_record(&loaded->outcomes[index]);
	if (record.end == TASK_NOT_RUN)
		return not_run(folder, index, text);
	text_print(&path, "%s/output-%" PRIu64 "-%d", folder, record.output_run,
	           record.rank);
	bool good = pack_read(text_string(&path), record.output_offset,
	                      record.output_bytes, print_bytes, &failed);
	text_free(&path);
	if (failed)
		good = failure_of_system("standard output cannot be written");
	return good;
}

static bool print_tasks(const void *given, const struct text_list *arguments)
{
	const char *folder = arguments->items[0];
	struct loaded loaded;
	bool good = loaded_read(folder, NULL, &loaded);

	(void)given;
	for (size_t i = 1; good && i < arguments->count; i++)
		good = print_task(folder, &loaded, arguments->items[i]);
	loaded_free(&loaded);
	return good;
}

int output_main(int argc, char *argv[])
{
	struct output_options given = {0};
	const struct folder_command output = {
	    .set = &output_option_set,
	    .given = &given,
	    .help = &given.help,
	    .least = 2,
	    .most = SIZE_MAX,
	    .run = print_tasks,
	};

	return folder_command_main(&output, argc, argv);
}
