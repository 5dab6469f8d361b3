/* One line of values that commas separate, as RFC 4180 has them. */
#ifndef TOOLS_BASE_CSV_LINE_H
#define TOOLS_BASE_CSV_LINE_H

#include <stdbool.h>
#include <stddef.h>

enum csv_spaces {
	CSV_KEEP_SPACES, /* a space belongs to its value */
	CSV_DROP_SPACES  /* spaces around a value are dropped */
};

typedef void csv_take(void *bytes, size_t count, void *arg);

/* Hand each value to `take`. False if the quotes do not match, or if there is
 * no memory for a parser. A text without bytes has no value. */
bool csv_line_split(const char *text, size_t bytes, enum csv_spaces spaces,
                    csv_take *take, void *arg);

/* For libcsv, whose parser drops spaces around values unless it has this as the
 * function that knows spaces. */
int csv_line_no_space(unsigned char character);

#endif
