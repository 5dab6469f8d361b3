#ifndef TOOLS_OUTPUT_TABLE_WRITER_H
#define TOOLS_OUTPUT_TABLE_WRITER_H

#include "destination.h"
#include "table_format.h"

struct table_writer {
	const struct table_format *format;
	struct destination destination; /* no path: standard output */
	void *state;                    /* of the format */
};

/* Whether the table at `path` can be written: its ending, or `format` if that
 * is not NULL, names a format that takes so many columns, and its folder takes
 * files. "-" is standard output. What a symbolic link names is replaced, not
 * the link; a device or a FIFO is written, where the format allows it. Leaves
 * nothing behind. */
bool table_writer_check(const char *path, const char *format, size_t columns);

bool table_writer_open(struct table_writer *writer, const char *path,
                       const char *format, const struct output_column columns[],
                       size_t count);

bool table_writer_row(struct table_writer *writer, const char *const values[]);

/* Puts the table in its place, if `is_good` and all rows were written. */
bool table_writer_close(struct table_writer *writer, bool is_good);

#endif
