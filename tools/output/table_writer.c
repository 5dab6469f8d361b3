#define _POSIX_C_SOURCE 200809L
#include "table_writer.h"

#include "base/failure.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const struct table_format *const formats[] = {
    &format_csv, &format_tsv, &format_json_lines, &format_sqlite, &format_hdf5,
};

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

bool table_format_always(void)
{
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

static char *draft_of(const char *path)
{
	struct text draft = {0};

	text_print(&draft, "%s.%ld.new", path, (long)getpid());
	text_string(&draft);
	return draft.bytes;
}

bool table_writer_check(const char *path, const char *name)
{
	const struct table_format *format = find_format(path, name);

	if (!format || !format->can_write())
		return false;
	if (!strcmp(path, "-"))
		return format->to_stream ||
		       failure("--output -: %s needs a file", format->name);
	char *draft = draft_of(path);
	const int file = open(draft, O_WRONLY | O_CREAT | O_EXCL, 0666);
	const int error = errno;
	if (file >= 0) {
		close(file);
		unlink(draft);
	}
	free(draft);
	return file >= 0 || failure("--output %s: it cannot be written: %s",
	                            path, strerror(error));
}

bool table_writer_open(struct table_writer *writer, const char *path,
                       const char *name, const struct output_column columns[],
                       size_t count)
{
	const struct table_format *format = find_format(path, name);

	*writer = (struct table_writer){.format = format};
	if (!format)
		return false;
	if (strcmp(path, "-") != 0) {
		writer->path = memory_text(path, strlen(path));
		writer->draft = draft_of(path);
		unlink(writer->draft);
	}
	if (format->begin(writer->draft, columns, count, &writer->state))
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
	if (good && writer->draft && rename(writer->draft, writer->path))
		good = failure("--output %s: %s cannot be renamed to it: %s",
		               writer->path, writer->draft, strerror(errno));
	if (!good && writer->draft)
		unlink(writer->draft);
	free(writer->path);
	free(writer->draft);
	*writer = (struct table_writer){0};
	return good;
}
