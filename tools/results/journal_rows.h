/* Which results of a journal count, whatever parameter sets its runs had. */
#ifndef TOOLS_RESULTS_JOURNAL_ROWS_H
#define TOOLS_RESULTS_JOURNAL_ROWS_H

#include <cohort.h>

/* A result. */
struct journal_row {
	size_t index;
	size_t number; /* in the journal */
	cohort_record record;
	bool is_failed;
	bool is_replaced; /* a later one has taken its place */
	char *values;     /* of the caller */
};

struct journal_rows {
	struct journal_row *of;
	size_t count;
	size_t room;
};

/* Set is_replaced, by the rule of cohort_record, and sort the rows by index,
 * and then as they are in the journal. */
void journal_rows_choose(struct journal_rows *rows);

#endif
