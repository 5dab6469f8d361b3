#include "axis.h"

#include "base/failure.h"
#include "base/memory.h"
#include "base/names.h"
#include "gnuplot.h"
#include "output/column_values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Words below an axis; more would be all text. */
enum { LABELS_MOST = 100 };

static bool find_column(const char *option, const char *name,
                        const struct report_columns *columns, size_t *out)
{
	const char **names = memory_new(columns->count, sizeof(*names));
	size_t found = columns->count;

	for (size_t c = 0; c < columns->count; c++) {
		names[c] = columns->columns[c].name;
		if (found == columns->count && !strcmp(names[c], name))
			found = c;
	}
	if (found == columns->count) {
		const char *near = names_nearest(name, names, columns->count);

		failure("%s: the table has no column '%s'%s%s%s", option, name,
		        near ? "; did you mean " : "", near ? near : "",
		        near ? "?" : "");
	}
	free(names);
	*out = found;
	return found < columns->count;
}

bool axis_exists(const char *name, const struct report *report)
{
	struct report_columns columns;
	bool exists = false;

	report_columns_make(report, &columns);
	for (size_t c = 0; !exists && c < columns.count; c++)
		exists = !strcmp(columns.columns[c].name, name);
	report_columns_free(&columns);
	return exists;
}

static void read_values(const struct report *report,
                        struct report_columns *columns, size_t column,
                        struct column_values *values, bool *good)
{
	*good = true;
	for (size_t row = 0; *good && row < report->table->rows; row++) {
		const char *value = report_row(report, columns, row)[column];

		*good =
		    column_values_add(values, value && *value ? value : NULL);
	}
	if (!*good)
		failure("--plot: column '%s' has a value that is not UTF-8",
		        columns->columns[column].name);
}

/* A row's text. */
struct word {
	const char *text;
	size_t row;
};

static int compare_words(const void *a, const void *b)
{
	const struct word *left = a;
	const struct word *right = b;
	const int order = strcmp(left->text, right->text);

	return order ? order
	             : (left->row > right->row) - (left->row < right->row);
}

/* For each row with a text the first row that has the same. */
static size_t *find_first_rows(const char *const strings[], size_t rows)
{
	struct word *words = memory_new(rows, sizeof(*words));
	size_t *first = memory_new(rows, sizeof(*first));
	size_t count = 0;

	for (size_t row = 0; row < rows; row++)
		if (strings[row])
			words[count++] = (struct word){strings[row], row};
	if (count > 0)
		qsort(words, count, sizeof(*words), compare_words);
	for (size_t i = 0; i < count; i++)
		first[words[i].row] =
		    i > 0 && !strcmp(words[i - 1].text, words[i].text)
		        ? first[words[i - 1].row]
		        : words[i].row;
	free(words);
	return first;
}

static void place_words(struct column_values *values, struct axis *axis)
{
	const char **strings = column_values_strings(values);
	size_t *first = find_first_rows(strings, axis->rows);

	axis->at = memory_new(axis->rows, sizeof(*axis->at));
	axis->words = memory_new(axis->rows, sizeof(*axis->words));
	for (size_t row = 0; row < axis->rows; row++)
		if (!strings[row]) {
			axis->at[row] = NAN;
		} else if (first[row] < row) {
			axis->at[row] = axis->at[first[row]];
		} else {
			axis->at[row] = (double)axis->word_count;
			axis->words[axis->word_count++] =
			    memory_text(strings[row], strlen(strings[row]));
		}
	free(first);
	free(strings);
}

static int compare_reals(const void *a, const void *b)
{
	const double left = *(const double *)a;
	const double right = *(const double *)b;

	return (left > right) - (left < right);
}

static void list_places(struct axis *axis)
{
	size_t used = 0;

	axis->places = memory_new(axis->rows, sizeof(*axis->places));
	for (size_t row = 0; row < axis->rows; row++)
		if (!isnan(axis->at[row]))
			axis->places[axis->count++] = axis->at[row];
	if (axis->count > 0)
		qsort(axis->places, axis->count, sizeof(*axis->places),
		      compare_reals);
	for (size_t i = 0; i < axis->count; i++)
		if (used == 0 || axis->places[i] > axis->places[used - 1])
			axis->places[used++] = axis->places[i];
	axis->count = used;
}

/* Whether each place is the same multiple, at least twice, of the one before.
 * */
static bool is_geometric(const struct axis *axis)
{
	if (axis->count < 3 || axis->words || axis->places[0] <= 0)
		return false;
	const double factor = axis->places[1] / axis->places[0];
	for (size_t i = 2; i < axis->count; i++)
		if (fabs(axis->places[i] / axis->places[i - 1] - factor) >
		    1e-6 * factor)
			return false;
	return factor >= 2;
}

bool axis_read(const char *option, const char *name,
               const struct report *report, struct axis *out)
{
	struct report_columns columns;
	struct column_values values = {0};
	size_t column;
	bool good;

	*out = (struct axis){.rows = report->table->rows};
	report_columns_make(report, &columns);
	good = find_column(option, name, &columns, &column);
	if (good) {
		const char *found = columns.columns[column].name;

		out->name = memory_text(found, strlen(found));
		read_values(report, &columns, column, &values, &good);
	}
	if (good) {
		if (column_values_type(&values, &columns.columns[column]) ==
		    COLUMN_STRING)
			place_words(&values, out);
		else
			out->at = column_values_real(&values);
		list_places(out);
		out->is_logarithmic = is_geometric(out);
	}
	column_values_free(&values);
	report_columns_free(&columns);
	return good;
}

size_t axis_find(const struct axis *axis, double at)
{
	const double *found = bsearch(&at, axis->places, axis->count,
	                              sizeof(*axis->places), compare_reals);

	return (size_t)(found - axis->places);
}

static double middle(const struct axis *axis, double a, double b)
{
	return axis->is_logarithmic ? sqrt(a * b) : (a + b) / 2;
}

/* As far from `at` as `other` is, on the other side. */
static double mirror(const struct axis *axis, double at, double other)
{
	return axis->is_logarithmic ? at * at / other : 2 * at - other;
}

/* Half of the cell of the only place. */
static double lone_half(double at)
{
	return at < 0 || at > 0 ? fabs(at) / 2 : 0.5;
}

struct cell axis_cell(const struct axis *axis, size_t place)
{
	const double *places = axis->places;
	const double at = places[place];
	const bool has_low = place > 0;
	const bool has_high = place + 1 < axis->count;
	struct cell cell = {at - lone_half(at), at + lone_half(at)};

	if (has_low)
		cell.low = middle(axis, places[place - 1], at);
	if (has_high)
		cell.high = middle(axis, at, places[place + 1]);
	if (has_low && !has_high)
		cell.high = mirror(axis, at, cell.low);
	if (has_high && !has_low)
		cell.low = mirror(axis, at, cell.high);
	return cell;
}

void axis_range_around(double at, const char *letter, struct text *script)
{
	const double half = lone_half(at);

	text_print(script, "set %srange [%.9g:%.9g]\n", letter, at - half,
	           at + half);
}

void axis_describe(const struct axis *axis, const char *letter,
                   struct text *script)
{
	text_print(script, "set %slabel ", letter);
	gnuplot_quote(axis->name, script);
	text_add_string(script, " noenhanced\n");
	if (axis->is_logarithmic)
		text_print(script, "set logscale %s\n", letter);
	if (axis->count == 1 && !axis->words)
		axis_range_around(axis->places[0], letter, script);
	if (!axis->words)
		return;
	text_print(script, "set %stics noenhanced (", letter);
	const size_t step = axis->word_count / LABELS_MOST + 1;
	for (size_t i = 0; i < axis->word_count; i += step) {
		text_add_string(script, i > 0 ? ", " : "");
		gnuplot_quote(axis->words[i], script);
		text_print(script, " %zu", i);
	}
	text_print(script, ")\nset %srange [-0.5:%zu.5]\n", letter,
	           axis->word_count > 0 ? axis->word_count - 1 : 0);
}

void axis_free(struct axis *axis)
{
	for (size_t i = 0; i < axis->word_count; i++)
		free(axis->words[i]);
	free(axis->name);
	free(axis->words);
	free(axis->places);
	free(axis->at);
	*axis = (struct axis){0};
}
