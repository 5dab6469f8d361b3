#define _POSIX_C_SOURCE 200809L
#include "table_writer.h"

#include "base/failure.h"
#include "base/names.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const struct table_format *const formats[] = {
    &format_csv, &format_tsv, &format_json_lines, &format_sqlite, &format_hdf5,
};

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

bool table_format_always(size_t columns)
{
	(void)columns;
	return true;
}

static bool has_ending(const struct table_format *format, const char *ending)
{
	for (const char *const *known = format->endings; *known; known++)
		if (!strcasecmp(*known, ending))
			return true;
	return false;
}

static const struct table_format *find_format(const char *path,
                                              const char *name)
{
	const char *names[FORMATS];
	const char *dot = strrchr(path, '.');
	const char *ending = dot && !strchr(dot, '/') ? dot + 1 : "";
	const char *wanted = name ? name : strcmp(path, "-") ? ending : "csv";

	for (size_t i = 0; i < FORMATS; i++) {
		names[i] = formats[i]->name;
		if (has_ending(formats[i], wanted))
			return formats[i];
	}
	const char *near = names_nearest(wanted, names, FORMATS);
	failure("--output %s: '%s' is no format of tables: use .csv, .tsv, "
	        ".jsonl, .sqlite or .h5%s%s%s",
	        path, wanted, near ? "; did you mean ." : "", near ? near : "",
	        near ? "?" : "");
	return NULL;
}

bool table_writer_check(const char *path, const char *name, size_t columns)
{
	const struct table_format *format = find_format(path, name);
	struct destination destination;

	if (!format || !format->can_write(columns))
		return false;
	if (!strcmp(path, "-"))
		return format->to_stream ||
		       failure("--output -: %s needs a file", format->name);
	const bool good = destination_find("--output", path, format->to_stream,
	                                   &destination) &&
	                  destination_check(&destination);
	destination_free(&destination);
	return good;
}

/* The file that the format writes; NULL: standard output. */
static const char *file_of(const struct destination *destination)
{
	return destination->draft ? destination->draft : destination->path;
}

bool table_writer_open(struct table_writer *writer, const char *path,
                       const char *name, const struct output_column columns[],
                       size_t count)
{
	const struct table_format *format = find_format(path, name);

	*writer = (struct table_writer){.format = format};
	if (!format)
		return false;
	bool good = !strcmp(path, "-") ||
	            destination_find("--output", path, format->to_stream,
	                             &writer->destination);
	good = good && destination_make(&writer->destination);
	good = good && format->begin(file_of(&writer->destination), columns,
	                             count, &writer->state);
	if (good)
		return true;
	writer->format = NULL;
	table_writer_close(writer, false);
	return false;
}

bool table_writer_row(struct table_writer *writer, const char *const values[])
{
	return writer->format->row(writer->state, values);
}

bool table_writer_close(struct table_writer *writer, bool is_good)
{
	bool good = is_good;

	if (writer->format)
		good = writer->format->end(writer->state, is_good) && good;
	good = destination_end(&writer->destination, good);
	destination_free(&writer->destination);
	*writer = (struct table_writer){0};
	return good;
}
