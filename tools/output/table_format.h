/*
 * Formats of result tables: a format is a struct of functions. A table is
 * written to a file beside its path and renamed when it is whole, so that
 * nobody ever reads half of one.
 */
#ifndef TOOLS_OUTPUT_TABLE_FORMAT_H
#define TOOLS_OUTPUT_TABLE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

/* A column of a result table. */
struct output_column {
	const char *name;
	enum {
		OUTPUT_TEXT,
		OUTPUT_NUMBER,
		OUTPUT_ANY
	} kind; /* of its values */
};

struct table_format {
	const char *name;
	const char *const *endings; /* of paths; ends with NULL */
	bool to_stream;             /* it can be written to standard output */

	/* Whether this machine can write it, with so many columns; false with
	 * a sentence. */
	bool (*can_write)(size_t columns);

	/* Begin the table in the file at `path`, which is not there yet, or is
	 * a device or a FIFO if `to_stream`; or on standard output if path is
	 * NULL. *writer receives what the others get. */
	bool (*begin)(const char *path, const struct output_column columns[],
	              size_t count, void **writer);

	/* Add a row of one value for each column; NULL: there is none. */
	bool (*row)(void *writer, const char *const values[]);

	/* Finish and release. Nothing more is written if `is_good` is false. */
	bool (*end)(void *writer, bool is_good);
};

extern const struct table_format format_csv;
extern const struct table_format format_tsv;
extern const struct table_format format_json_lines;
extern const struct table_format format_sqlite;
extern const struct table_format format_hdf5;

/* The can_write of formats that every machine can write. */
bool table_format_always(size_t columns);

#endif
