/* CSV as RFC 4180 has it, with lines that end with LF, and TSV. A value is
 * quoted by libcsv where it has to be. */
#define _POSIX_C_SOURCE 200809L
#include "table_format.h"

#include "base/failure.h"
#include "base/memory.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct csv_writer {
	FILE *file;
	size_t columns;
	char delimiter;
};

static bool cannot_write(void)
{
	return failure_of_system("the table cannot be written: %s",
	                         strerror(errno));
}

static bool needs_quotes(const char *value, char delimiter)
{
	const char marks[] = {delimiter, '"', '\n', '\r', '\0'};

	return strpbrk(value, marks) || *value == ' ' ||
	       (*value && value[strlen(value) - 1] == ' ');
}

static bool put_value(const struct csv_writer *writer, const char *value)
{
	/* A line without anything is no row. */
	const bool is_all = writer->columns == 1 && !*value;

	if (is_all || needs_quotes(value, writer->delimiter))
		return csv_fwrite(writer->file, value, strlen(value)) == 0;
	return fputs(value, writer->file) >= 0;
}

static bool csv_row(void *state, const char *const values[])
{
	struct csv_writer *writer = state;
	bool good = true;

	for (size_t c = 0; good && c < writer->columns; c++) {
		if (c > 0)
			good = fputc(writer->delimiter, writer->file) >= 0;
		good = good && put_value(writer, values[c] ? values[c] : "");
	}
	return (good && fputc('\n', writer->file) >= 0) || cannot_write();
}

static bool csv_begin(const char *path, const struct output_column columns[],
                      size_t count, char delimiter, void **out)
{
	FILE *file = path ? fopen(path, "w") : stdout;

	if (!file)
		return failure_of_system("%s cannot be written: %s", path,
		                         strerror(errno));
	struct csv_writer *writer = memory_new(1, sizeof(*writer));
	*writer = (struct csv_writer){file, count, delimiter};
	const char **names = memory_new(count, sizeof(*names));
	for (size_t c = 0; c < count; c++)
		names[c] = columns[c].name;
	const bool good = csv_row(writer, names);
	free(names);
	*out = writer;
	return good;
}

static bool csv_end(void *state, bool is_good)
{
	struct csv_writer *writer = state;
	FILE *file = writer->file;

	(void)is_good;
	free(writer);
	const bool failed =
	    file == stdout ? fflush(file) != 0 : fclose(file) != 0;
	return !failed || cannot_write();
}

static bool begin_csv(const char *path, const struct output_column columns[],
                      size_t count, void **writer)
{
	return csv_begin(path, columns, count, ',', writer);
}

static bool begin_tsv(const char *path, const struct output_column columns[],
                      size_t count, void **writer)
{
	return csv_begin(path, columns, count, '\t', writer);
}

static const char *const csv_endings[] = {"csv", NULL};
static const char *const tsv_endings[] = {"tsv", "tab", NULL};

const struct table_format format_csv = {
    "csv", csv_endings, true, table_format_always, begin_csv, csv_row, csv_end};

const struct table_format format_tsv = {
    "tsv", tsv_endings, true, table_format_always, begin_tsv, csv_row, csv_end};
