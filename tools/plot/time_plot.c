#include "base/failure.h"
#include "base/memory.h"
#include "gnuplot.h"
#include "plot.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* More bars would be all border; more labels would be all text. */
enum { BORDERS_MOST = 500, LABELS_MOST = 200 };

/* A label has this part of the picture's width at least. */
static const double label_part = 0.015;

/* So does the bar of a task that is not ok, some two pixels: among a hundred
 * thousand others it would not be seen. */
static const double failure_part = 0.002;

static const char *const colours[TASK_END_COUNT] = {
    [TASK_OK] = "#4393c3",      [TASK_FAILED] = "#d6604d",
    [TASK_CRASHED] = "#762a83", [TASK_TIMEOUT] = "#fdae61",
    [TASK_MEMORY] = "#b2182b",  [TASK_NOT_RUN] = "#bbbbbb",
};

struct bar {
	size_t index; /* of the task */
	enum task_end end;
	int rank;
	uint64_t run;
	double from; /* seconds */
	double to;
};

struct bars {
	struct bar *of;
	size_t count;
	size_t ends[TASK_END_COUNT]; /* how many end so */
	int highest;                 /* rank */
	double seconds;              /* of all runs */
};

static int compare_bars(const void *a, const void *b)
{
	const struct bar *left = a;
	const struct bar *right = b;

	if (left->run != right->run)
		return left->run < right->run ? -1 : 1;
	if (left->from < right->from || left->from > right->from)
		return left->from < right->from ? -1 : 1;
	return (left->index > right->index) - (left->index < right->index);
}

static struct bars list_bars(const struct report *report)
{
	struct bars bars = {
	    .of = memory_new(report->table->rows, sizeof(*bars.of))};

	for (size_t row = 0; row < report->table->rows; row++) {
		const struct task_record record =
		    outcome_record(&report->outcomes[row]);

		if (record.end == TASK_NOT_RUN || record.rank < 0)
			continue;
		bars.of[bars.count++] = (struct bar){
		    .index = row,
		    .end = record.end,
		    .rank = record.rank,
		    .run = record.output_run,
		    .from = record.started,
		    .to = record.started + record.seconds,
		};
		bars.ends[record.end]++;
		if (record.rank > bars.highest)
			bars.highest = record.rank;
	}
	if (bars.count > 0)
		qsort(bars.of, bars.count, sizeof(*bars.of), compare_bars);
	return bars;
}

static void mark_run(double at, struct text *script)
{
	text_print(script,
	           "set arrow from first %.9g, graph 0 to first %.9g, "
	           "graph 1 nohead dashtype 2 linecolor 'gray50'\n",
	           at, at);
}

/* Lets the time of each run begin where the run before has ended. */
static void join_runs(struct bars *bars, struct text *script)
{
	double end = 0;

	for (size_t i = 0; i < bars->count;) {
		const uint64_t run = bars->of[i].run;
		const double shift = end - bars->of[i].from;

		if (i > 0)
			mark_run(end, script);
		for (; i < bars->count && bars->of[i].run == run; i++) {
			bars->of[i].from += shift;
			bars->of[i].to += shift;
			end = fmax(end, bars->of[i].to);
		}
	}
	bars->seconds = end;
}

static void add_labels(const struct bars *bars, struct text *script)
{
	for (size_t i = 0; bars->count <= LABELS_MOST && i < bars->count; i++) {
		const struct bar *bar = &bars->of[i];

		if (bar->to - bar->from >= label_part * bars->seconds)
			text_print(
			    script, "set label '%zu' at %.9g,%d center front\n",
			    bar->index, (bar->from + bar->to) / 2, bar->rank);
	}
}

/* Where the bar ends in the picture. */
static double drawn_end(const struct bars *bars, const struct bar *bar)
{
	return bar->end == TASK_OK
	           ? bar->to
	           : fmax(bar->to, bar->from + failure_part * bars->seconds);
}

static void add_data(const struct bars *bars, struct text *script)
{
	for (int end = 0; end < TASK_END_COUNT; end++) {
		if (bars->ends[end] == 0)
			continue;
		text_print(script, "$end%d << EOD\n", end);
		for (size_t i = 0; i < bars->count; i++) {
			const struct bar *bar = &bars->of[i];

			if ((int)bar->end == end)
				text_print(script, "%.9g %d %.9g %.9g\n",
				           bar->from, bar->rank, bar->from,
				           drawn_end(bars, bar));
		}
		text_add_string(script, "EOD\n");
	}
}

static void add_plots(const struct bars *bars, struct text *script)
{
	const char *before = "plot";

	for (int end = 0; end < TASK_END_COUNT; end++) {
		if (bars->ends[end] == 0)
			continue;
		text_print(script,
		           "%s $end%d using 1:2:3:4:($2-0.4):($2+0.4) with "
		           "boxxyerror linecolor rgb '%s' title '%s (%zu)'",
		           before, end, colours[end], task_end_words[end],
		           bars->ends[end]);
		before = ",";
	}
	text_add_string(script, "\n");
}

bool plot_times(const struct plot *plot, const struct report *report)
{
	struct bars bars = list_bars(report);
	struct text script = {0};
	bool good = bars.count > 0 ||
	            failure("--plot %s: no task has been run yet", plot->path);

	text_add_string(&script, "set title ");
	gnuplot_quote(plot->title, &script);
	text_add_string(&script, " noenhanced\n"
	                         "set xlabel 'seconds'\n"
	                         "set ylabel 'rank'\n"
	                         "set key outside top right horizontal\n"
	                         "set tics out nomirror\n");
	text_print(&script, "set yrange [%d.5:-0.5]\n", bars.highest);
	text_print(&script, "set style fill solid 1 %s\n",
	           bars.count <= BORDERS_MOST ? "border linecolor 'white'"
	                                      : "noborder");
	if (bars.highest < 32)
		text_add_string(&script, "set ytics 1\n");
	join_runs(&bars, &script);
	text_print(&script, "set xrange [0:%.9g]\n",
	           bars.seconds > 0 ? bars.seconds * 1.01 : 1);
	add_labels(&bars, &script);
	add_data(&bars, &script);
	add_plots(&bars, &script);
	good = good && gnuplot_draw(text_string(&script), plot->path);
	text_free(&script);
	free(bars.of);
	return good;
}
