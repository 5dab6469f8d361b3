#define _POSIX_C_SOURCE 200809L
#include "cases.h"

#include "base/failure.h"
#include "base/memory.h"
#include "base/own_file.h"
#include "output/table_writer.h"
#include "params/input_csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char file_name[] = "cases.csv";

/* A table without columns has a column without a name, since CSV has no rows
 * without values. */
static const char no_name[] = "-";

static char *path_in(const char *folder)
{
	struct text path = {0};

	text_print(&path, "%s/%s", folder, file_name);
	text_string(&path);
	return path.bytes;
}

static bool write_rows(const struct table *table, struct table_writer *writer)
{
	const char **values = memory_new(table->columns + 1, sizeof(*values));
	bool good = true;
	size_t bytes;

	values[0] = "";
	for (size_t row = 0; good && row < table->rows; row++) {
		const char *at = table_row(table, row, &bytes);

		for (size_t c = 0; c < table->columns; c++) {
			values[c] = at;
			at += strlen(at) + 1;
		}
		good = table_writer_row(writer, values);
	}
	free(values);
	return good;
}

bool cases_exist(const char *folder)
{
	char *path = path_in(folder);
	const bool exist = access(path, F_OK) == 0;

	free(path);
	return exist;
}

bool cases_write(const char *folder, const struct table *table)
{
	const size_t count = table->columns > 0 ? table->columns : 1;
	struct output_column *columns = memory_new(count, sizeof(*columns));
	char *path = path_in(folder);
	struct table_writer writer;

	columns[0].name = no_name;
	for (size_t c = 0; c < table->columns; c++)
		columns[c] =
		    (struct output_column){table->names[c], OUTPUT_ANY};
	bool good = table_writer_open(&writer, path, "csv", columns, count);
	if (good)
		good = table_writer_close(&writer, write_rows(table, &writer));
	free(columns);
	free(path);
	return good;
}

/* Turns the column without a name into none. */
static void drop_no_name(struct table *table)
{
	if (table->columns != 1 || strcmp(table->names[0], no_name) != 0)
		return;
	free(table->names[0]);
	table->columns = 0;
	text_clear(&table->bytes);
	for (size_t row = 0; row < table->rows; row++)
		table->ends[row] = 0;
}

bool cases_read(const char *folder, struct table *out)
{
	char *path = path_in(folder);
	const int descriptor = own_file_read(path);
	FILE *file = descriptor >= 0 ? fdopen(descriptor, "r") : NULL;
	bool good;

	*out = (struct table){0};
	if (file) {
		good = input_read_csv(file, path, ',', out);
		fclose(file);
		drop_no_name(out);
	} else {
		good = failure("%s cannot be opened: %s: name the directory of "
		               "a sweep that cohort sweep has begun",
		               path, strerror(errno));
		if (descriptor >= 0)
			close(descriptor);
	}
	free(path);
	return good;
}
