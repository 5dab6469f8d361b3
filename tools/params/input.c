#define _POSIX_C_SOURCE 200809L
#include "input.h"

#include "base/failure.h"
#include "base/names.h"
#include "input_csv.h"
#include "input_json.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

/* ending or name of a format */
static const struct {
	const char *name;
	enum input_format format;
} formats[] = {
    {"csv", INPUT_CSV},           {"tsv", INPUT_TSV},
    {"tab", INPUT_TSV},           {"jsonl", INPUT_JSON_LINES},
    {"ndjson", INPUT_JSON_LINES}, {"json", INPUT_JSON_LINES},
};

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

static bool find_format(const char *name, enum input_format *out)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (!strcasecmp(name, formats[i].name)) {
			*out = formats[i].format;
			return true;
		}
	return false;
}

static bool choose_format(const char *path, const char *name,
                          enum input_format *out)
{
	const char *names[FORMATS];
	const char *ending = strrchr(path, '.');

	if (!name && (!ending || strchr(ending, '/')))
		return failure("--input %s: no ending says what it is: add "
		               "--format csv, tsv or jsonl",
		               path);
	if (find_format(name ? name : ending + 1, out))
		return true;
	for (size_t i = 0; i < FORMATS; i++)
		names[i] = formats[i].name;
	const char *near =
	    names_nearest(name ? name : ending + 1, names, FORMATS);
	return failure(
	    "%s %s: '%s' is not a format: use csv, tsv or jsonl%s%s%s",
	    name ? "--format" : "--input", name ? name : path,
	    name ? name : ending + 1, near ? " (did you mean " : "",
	    near ? near : "", near ? "?)" : "");
}

static bool read_table(FILE *file, const char *path, enum input_format format,
                       struct table *out)
{
	if (format == INPUT_JSON_LINES)
		return input_read_json(file, path, out);
	return input_read_csv(file, path, format == INPUT_TSV ? '\t' : ',',
	                      out);
}

bool input_read(const char *path, const char *name, struct table *out)
{
	const bool is_stdin = !strcmp(path, "-");
	const char *source = is_stdin ? "standard input" : path;
	enum input_format format = INPUT_CSV;

	*out = (struct table){0};
	if (!choose_format(path, name, &format))
		return false;
	FILE *file = is_stdin ? stdin : fopen(path, "r");
	if (!file)
		return failure("--input %s: it cannot be opened: %s", path,
		               strerror(errno));
	bool good = read_table(file, source, format, out);
	if (good && ferror(file))
		good = failure("%s: it cannot be read: %s", source,
		               strerror(errno));
	if (!is_stdin)
		fclose(file);
	if (good && out->columns == 0)
		good = failure("%s: it is empty: its first line should name "
		               "the columns",
		               source);
	return good && table_check_names(out, source);
}
