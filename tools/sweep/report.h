/* The table of a sweep: parameters, how the tasks ended, and what --parse took
 * from their output. */
#ifndef TOOLS_SWEEP_REPORT_H
#define TOOLS_SWEEP_REPORT_H

#include "measures.h"
#include "outcome.h"
#include "output/table_format.h"

struct report {
	const struct table *table;      /* of the parameters */
	const struct outcome *outcomes; /* one for each row */
	enum measures measures;
};

/* The columns between the parameters and the parsed values. */
enum own_column {
	COLUMN_STATUS,
	COLUMN_EXIT,
	COLUMN_SIGNAL,
	COLUMN_SECONDS,
	COLUMN_ATTEMPTS,
	COLUMN_MAX_RSS,
	COLUMN_RANK,
	COLUMN_STARTED,
	COLUMN_USER,
	COLUMN_SYSTEM,
	OWN_COLUMNS
};

const char *report_own_name(enum own_column column);

/* Number of columns between the parameters and the parsed values. */
size_t report_own_count(enum measures measures);

enum { NUMBER_ROOM = 40 };

/* The parsed values' names, in the order in which rows have them first. */
struct report_names {
	const char **names;
	size_t count;
};

/* The columns of the table, and room for a row. Names and values belong to what
 * the report points to. */
struct report_columns {
	struct output_column *columns;
	size_t count;
	struct report_names parsed; /* the last ones */
	char **titles;              /* their columns' names, of which no two are
	                             * the same in upper and lower case */
	char texts[OWN_COLUMNS][NUMBER_ROOM];
	const char **values;
};

void report_columns_make(const struct report *report,
                         struct report_columns *out);

/* The values of a row, one for each column, NULL where there is none; valid
 * until the next call. */
const char *const *report_row(const struct report *report,
                              struct report_columns *columns, size_t row);

void report_columns_free(struct report_columns *columns);

/* Write the table to `path`. The bytes depend on the parameters and the
 * outcomes only, and without measures not on how the sweep was run. */
bool report_write(const struct report *report, const char *path,
                  const char *format);

#endif
