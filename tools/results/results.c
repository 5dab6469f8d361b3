/* `cohort results`: the table of a sweep, also while it runs. */
#include "results.h"

#include "folder_command.h"
#include "output/table_writer.h"
#include "sweep/loaded.h"
#include "sweep/report.h"

#include <stddef.h>
#include <stdio.h>

struct results_options {
	const char *output;
	const char *output_format;
	bool no_measures;
	bool help;
};

#define AT(field) offsetof(struct results_options, field)

static const struct option options[] = {
    {"Options", "output", 'o', OPTION_TEXT, AT(output), "FILE",
     "Write the table there: .csv, .tsv, .jsonl, .sqlite or .h5 (HDF5). - or "
     "nothing: to standard output, as CSV."},
    {NULL, "output-format", 0, OPTION_TEXT, AT(output_format), "FORMAT",
     "Format of the table, instead of the file's ending."},
    {NULL, "no-measures", 0, OPTION_FLAG, AT(no_measures), NULL,
     "Leave out the columns that differ from run to run."},
    {NULL, "help", 'h', OPTION_FLAG, AT(help), NULL, "Print this."},
};

static const struct option_set set = {
    "cohort results", "[OPTION]... DIR",
    "Write the table of the sweep in DIR, also while it runs.", options,
    sizeof(options) / sizeof(options[0])};

static bool write_results(const void *arg, const struct text_list *arguments)
{
	const struct results_options *given = arg;
	const char *output = given->output ? given->output : "-";
	struct loaded loaded;

	if (!table_writer_check(output, given->output_format))
		return false;
	bool good = loaded_read(arguments->items[0], &loaded);
	const struct report report = {
	    .table = &loaded.table,
	    .outcomes = loaded.outcomes,
	    .no_measures = given->no_measures,
	};

	good = good && report_write(&report, output, given->output_format);
	loaded_free(&loaded);
	return good;
}

int results_main(int argc, char *argv[])
{
	struct results_options given = {0};
	const struct folder_command results = {
	    .set = &set,
	    .given = &given,
	    .help = &given.help,
	    .least = 1,
	    .most = 1,
	    .run = write_results,
	};

	return folder_command_main(&results, argc, argv);
}
