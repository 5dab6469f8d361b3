/* `cohort results`: the table of a sweep, also while it runs. */
#include "results.h"

#include "base/failure.h"
#include "folder_command.h"
#include "journal_table.h"
#include "output/table_writer.h"
#include "plot/gnuplot.h"
#include "plot/plot.h"
#include "sweep/column_names.h"
#include "sweep/loaded.h"
#include "sweep/report.h"

#include <stddef.h>
#include <stdio.h>

struct results_options {
	const char *output;
	const char *output_format;
	bool no_measures;
	bool all_measures;
	struct text_list parse;
	const char *columns;
	const char *plot;
	const char *plot_over;
	const char *plot_of;
	bool help;
};

#define AT(field) offsetof(struct results_options, field)

static const struct option options[] = {
    {"Options", "output", 'o', OPTION_TEXT, AT(output), "FILE",
     "Write the table there: .csv, .tsv, .jsonl, .sqlite or .h5 (HDF5). - or "
     "nothing: to standard output, as CSV."},
    {NULL, "output-format", 0, OPTION_TEXT, AT(output_format),
     "csv|tsv|jsonl|sqlite|hdf5",
     "Format of the table, instead of the file's ending."},
    {NULL, "no-measures", 0, OPTION_FLAG, AT(no_measures), NULL,
     "Leave out the columns that differ from run to run."},
    {NULL, "all-measures", 0, OPTION_FLAG, AT(all_measures), NULL,
     "Add the columns started, user_seconds and system_seconds behind rank."},
    {NULL, "parse", 0, OPTION_LIST, AT(parse), "WHAT",
     "Take these columns from what tasks printed, as cohort sweep --parse "
     "does, instead of those that the sweep has taken."},
    {NULL, "columns", 0, OPTION_TEXT, AT(columns), "A,B,...",
     "Names of the values of --parse csv."},
    {"A picture", "plot", 0, OPTION_TEXT, AT(plot), "FILE",
     "Draw a picture, .png, .svg or .pdf, by gnuplot: who ran which task when. "
     "The table is written with --output only."},
    {NULL, "plot-over", 0, OPTION_TEXT, AT(plot_over), "X[,Y]",
     "Draw a result over one parameter, or as a map over two."},
    {NULL, "plot-of", 0, OPTION_TEXT, AT(plot_of), "COLUMN",
     "Which result. If it is not given: the first number that --parse took, "
     "or else seconds."},
    {"Help", "help", 'h', OPTION_FLAG, AT(help), NULL, "Print this."},
};

const struct option_set results_option_set = {
    "cohort results", "[OPTION]... DIR",
    "Write the table of the sweep in DIR, also while it runs.", options,
    sizeof(options) / sizeof(options[0])};

/* Before anything is read or written. */
static bool check(const struct results_options *given)
{
	if (!given->plot && (given->plot_over || given->plot_of))
		return failure("--plot-%s says what --plot draws: add that",
		               given->plot_over ? "over" : "of");
	if (given->plot_of && !given->plot_over)
		return failure("--plot-of is a result over the parameters of "
		               "--plot-over: add that");
	if (given->plot && !gnuplot_check(given->plot))
		return false;
	return given->plot && !given->output
	           ? true
	           : table_writer_check(given->output ? given->output : "-",
	                                given->output_format, 0);
}

static bool draw(const struct results_options *given, const char *folder,
                 const struct report *report)
{
	const struct report whole = {report->table, report->outcomes,
	                             MEASURES_ALL};
	const struct plot plot = {given->plot, folder, given->plot_over,
	                          given->plot_of};

	return plot.over ? plot_values(&plot, &whole)
	                 : plot_times(&plot, &whole);
}

/* The table or a picture of a sweep. `parse` is NULL if it is not given. */
static bool write_sweep(const struct results_options *given, const char *folder,
                        enum measures measures, const struct parse *parse)
{
	struct loaded loaded;
	bool good = loaded_read(folder, parse, &loaded) &&
	            (!parse || column_names_check(&loaded.table, parse));
	const struct report report = {
	    .table = &loaded.table,
	    .outcomes = loaded.outcomes,
	    .measures = measures,
	};

	if (good && (given->output || !given->plot))
		good =
		    report_write(&report, given->output ? given->output : "-",
		                 given->output_format);
	if (good && given->plot)
		good = draw(given, folder, &report);
	loaded_free(&loaded);
	return good;
}

static bool write_results(const void *arg, const struct text_list *arguments)
{
	const struct results_options *given = arg;
	const char *folder = arguments->items[0];
	const bool parses = given->parse.count > 0 || given->columns;
	enum measures measures;
	struct parse parse = {0};

	if (!measures_read(given->no_measures, given->all_measures,
	                   &measures) ||
	    !check(given))
		return false;
	if (!given->plot && !parses && journal_table_fits(folder))
		return journal_table_write(
		    folder, given->output ? given->output : "-",
		    given->output_format, given->no_measures);
	const bool good =
	    parse_read(given->parse.items, given->parse.count, given->columns,
	               &parse) &&
	    write_sweep(given, folder, measures, parses ? &parse : NULL);
	parse_free(&parse);
	return good;
}

int results_main(int argc, char *argv[])
{
	struct results_options given = {0};
	const struct folder_command results = {
	    .set = &results_option_set,
	    .given = &given,
	    .help = &given.help,
	    .least = 1,
	    .most = 1,
	    .run = write_results,
	};

	return folder_command_main(&results, argc, argv);
}
