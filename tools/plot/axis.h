/* A column of a table along an axis of a picture. */
#ifndef TOOLS_PLOT_AXIS_H
#define TOOLS_PLOT_AXIS_H

#include "base/text.h"
#include "sweep/report.h"

/* Where the cell of a place ends. */
struct cell {
	double low;
	double high;
};

struct axis {
	char *name;
	double *at; /* of each row; NaN: it has no value */
	size_t rows;
	double *places; /* where there is any, rising */
	size_t count;   /* of the places */
	bool is_logarithmic;
	char **words; /* at 0, 1, ...; NULL: the column has numbers */
	size_t word_count;
};

/* Read the column. Text that is no number stands at 0, 1, ... in the order in
 * which rows have it first. False with a sentence that begins with `option` if
 * there is no such column. */
bool axis_read(const char *option, const char *name,
               const struct report *report, struct axis *out);

/* Whether the table has a column of this name. */
bool axis_exists(const char *name, const struct report *report);

/* The number of the place; it is one. */
size_t axis_find(const struct axis *axis, double at);

/* The cell of a place, half-way to those beside it, or to 0. */
struct cell axis_cell(const struct axis *axis, size_t place);

/* Append the range of gnuplot's axis "x", "y" or "cb" around one value, of
 * which gnuplot makes no range without a warning. */
void axis_range_around(double at, const char *letter, struct text *script);

/* Append settings for axis "x" or "y". */
void axis_describe(const struct axis *axis, const char *letter,
                   struct text *script);

void axis_free(struct axis *axis);

#endif
