#include "axis.h"
#include "base/failure.h"
#include "base/memory.h"
#include "gnuplot.h"
#include "plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The axes of a picture; y is not used for one parameter. */
struct scene {
	struct axis x;
	struct axis y;
	struct axis value;
	bool is_map;
};

/* The mean of the tasks at one place. */
struct mean {
	double sum;
	size_t count;   /* of tasks with a value */
	size_t without; /* a value */
};

/* The first parsed column that has numbers, else the tasks' time. */
static bool read_value(const struct plot *plot, const struct report *report,
                       struct axis *out)
{
	struct report_columns columns;
	bool good = false;

	if (plot->of)
		return (axis_read("--plot-of", plot->of, report, out) &&
		        !out->words) ||
		       (out->words &&
		        failure("--plot-of %s: its values are no numbers",
		                plot->of));
	report_columns_make(report, &columns);
	for (size_t i = 0; !good && i < columns.parsed.count; i++) {
		good = axis_read("--plot-of", columns.titles[i], report, out) &&
		       !out->words && out->count > 0;
		if (!good)
			axis_free(out);
	}
	report_columns_free(&columns);
	return good || axis_read("--plot", "seconds", report, out);
}

/* The comma between two columns; NULL: there is one column. Names may have
 * commas themselves. */
static const char *find_comma(const char *over, const struct report *report)
{
	const char *comma = strchr(over, ',');
	bool found = !comma || axis_exists(over, report);

	if (found)
		return NULL;
	while (!found && comma) {
		char *first = memory_text(over, (size_t)(comma - over));

		found = axis_exists(first, report) &&
		        axis_exists(comma + 1, report);
		free(first);
		if (!found)
			comma = strchr(comma + 1, ',');
	}
	return found ? comma : strchr(over, ',');
}

static bool read_scene(const struct plot *plot, const struct report *report,
                       struct scene *scene)
{
	const char *comma = find_comma(plot->over, report);
	const size_t length =
	    comma ? (size_t)(comma - plot->over) : strlen(plot->over);
	char *first = memory_text(plot->over, length);
	bool good = axis_read("--plot-over", first, report, &scene->x) &&
	            read_value(plot, report, &scene->value);

	free(first);
	if (good && comma) {
		scene->is_map = true;
		good = axis_read("--plot-over", comma + 1, report, &scene->y);
	}
	return good && (scene->value.count > 0 ||
	                failure("--plot %s: no task has a value of %s yet",
	                        plot->path, scene->value.name));
}

/* Means by the places of both axes, the first one's changing slowest. */
static struct mean *list_means(const struct scene *scene)
{
	const struct axis *x = &scene->x;
	const struct axis *y = &scene->y;
	struct mean *means = memory_new(x->count * y->count, sizeof(*means));

	for (size_t row = 0; row < x->rows; row++) {
		const double value = scene->value.at[row];

		if (isnan(x->at[row]) || isnan(y->at[row]))
			continue;
		struct mean *mean = &means[axis_find(x, x->at[row]) * y->count +
		                           axis_find(y, y->at[row])];
		if (isnan(value)) {
			mean->without++;
		} else {
			mean->sum += value;
			mean->count++;
		}
	}
	return means;
}

/* Lines "x y low high low high value". */
static void add_squares(const struct scene *scene, const struct mean *means,
                        struct text *script)
{
	text_add_string(script, "$values << EOD\n");
	for (size_t i = 0; i < scene->x.count; i++)
		for (size_t j = 0; j < scene->y.count; j++) {
			const struct mean *mean =
			    &means[i * scene->y.count + j];
			const struct cell x = axis_cell(&scene->x, i);
			const struct cell y = axis_cell(&scene->y, j);

			if (mean->count > 0)
				text_print(script,
				           "%.9g %.9g %.9g %.9g %.9g %.9g "
				           "%.9g\n",
				           scene->x.places[i],
				           scene->y.places[j], x.low, x.high,
				           y.low, y.high,
				           mean->sum / (double)mean->count);
		}
	text_add_string(script, "EOD\n");
}

/* Lines "x y" of places where no task has a value. */
static size_t add_crosses(const struct scene *scene, const struct mean *means,
                          struct text *script)
{
	size_t count = 0;

	text_add_string(script, "$none << EOD\n");
	for (size_t i = 0; i < scene->x.count; i++)
		for (size_t j = 0; j < scene->y.count; j++) {
			const struct mean *mean =
			    &means[i * scene->y.count + j];

			if (mean->count > 0 || mean->without == 0)
				continue;
			text_print(script, "%.9g %.9g\n", scene->x.places[i],
			           scene->y.places[j]);
			count++;
		}
	text_add_string(script, "EOD\n");
	return count;
}

static const char crosses[] = " with points pointtype 2 linecolor 'gray50' "
                              "title 'no value'";

/* Where all means are the same. */
static void describe_colours(const struct scene *scene,
                             const struct mean *means, struct text *script)
{
	double low = INFINITY;
	double high = -INFINITY;

	for (size_t i = 0; i < scene->x.count * scene->y.count; i++) {
		if (means[i].count == 0)
			continue;
		const double mean = means[i].sum / (double)means[i].count;
		low = fmin(low, mean);
		high = fmax(high, mean);
	}
	if (!(low < high) && !isinf(low))
		axis_range_around(low, "cb", script);
}

/* Squares if most of them have a task; sampled parameters have points. */
static void draw_map(const struct scene *scene, struct text *script)
{
	struct mean *means = list_means(scene);
	const bool has_squares =
	    scene->x.count * scene->y.count <= 4 * scene->x.rows;

	axis_describe(&scene->y, "y", script);
	text_add_string(script, "set cblabel ");
	gnuplot_quote(scene->value.name, script);
	text_add_string(script, " noenhanced\n"
	                        "set palette defined (0 '#2c7bb6', 1 "
	                        "'#abd9e9', 2 '#ffffbf', 3 '#fdae61', 4 "
	                        "'#d7191c')\n"
	                        "set style fill solid 1 noborder\n");
	describe_colours(scene, means, script);
	add_squares(scene, means, script);
	const size_t without = add_crosses(scene, means, script);
	text_add_string(script,
	                has_squares
	                    ? "plot $values using 1:2:3:4:5:6:7 with "
	                      "boxxyerror linecolor palette notitle"
	                    : "plot $values using 1:2:7 with points pointtype "
	                      "7 linecolor palette notitle");
	if (without > 0)
		text_print(script, ", $none using 1:2%s", crosses);
	text_add_string(script, "\n");
	free(means);
}

/* Lines "x value" in the order of x, and "x" of tasks without a value. */
static size_t add_points(const struct scene *scene, struct text *script)
{
	const struct axis *x = &scene->x;
	size_t without = 0;

	text_add_string(script, "$values << EOD\n");
	for (size_t row = 0; row < x->rows; row++)
		if (!isnan(x->at[row]) && !isnan(scene->value.at[row]))
			text_print(script, "%.9g %.9g\n", x->at[row],
			           scene->value.at[row]);
	text_add_string(script, "EOD\n$none << EOD\n");
	for (size_t row = 0; row < x->rows; row++)
		if (!isnan(x->at[row]) && isnan(scene->value.at[row])) {
			text_print(script, "%.9g %.9g\n", x->at[row],
			           scene->value.places[0]);
			without++;
		}
	text_add_string(script, "EOD\n");
	return without;
}

static void draw_line(const struct scene *scene, struct text *script)
{
	const struct axis *x = &scene->x;
	const bool has_line = x->count == x->rows && !x->words;

	text_add_string(script, "set ylabel ");
	gnuplot_quote(scene->value.name, script);
	text_add_string(script,
	                " noenhanced\nset grid back\nset offsets "
	                "graph 0.03, graph 0.03, graph 0.05, graph 0.05\n");
	if (scene->value.count == 1)
		axis_range_around(scene->value.places[0], "y", script);
	const size_t without = add_points(scene, script);
	text_print(script,
	           "plot $values using 1:2%s with %s pointtype 7 linecolor rgb "
	           "'#2c7bb6' notitle",
	           has_line ? " smooth unique" : "",
	           has_line ? "linespoints" : "points");
	if (without > 0)
		text_print(script, ", $none using 1:2%s", crosses);
	text_add_string(script, "\n");
}

bool plot_values(const struct plot *plot, const struct report *report)
{
	struct scene scene = {0};
	struct text script = {0};
	bool good = read_scene(plot, report, &scene);

	if (good) {
		text_add_string(&script, "set title ");
		gnuplot_quote(plot->title, &script);
		text_add_string(&script, " noenhanced\n"
		                         "set key outside top right "
		                         "horizontal\n"
		                         "set tics out nomirror\n");
		axis_describe(&scene.x, "x", &script);
		if (scene.is_map)
			draw_map(&scene, &script);
		else
			draw_line(&scene, &script);
		good = gnuplot_draw(text_string(&script), plot->path);
	}
	text_free(&script);
	axis_free(&scene.x);
	axis_free(&scene.y);
	axis_free(&scene.value);
	return good;
}
