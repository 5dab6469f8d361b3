#include "print.h"

#include <stdbool.h>
#include <string.h>

enum { VALUE_COLUMN = 26, INDENT = 2 };

static const char bytes_ending[] = "_bytes";

static bool is_size(const char *key)
{
	const size_t length = strlen(key);
	const size_t ending = sizeof(bytes_ending) - 1;

	return length > ending && !strcmp(key + length - ending, bytes_ending);
}

/* Prints the key with spaces for underscores; returns its length. */
static int print_key(const char *key, bool is_name, FILE *file)
{
	size_t length = strlen(key);

	if (is_size(key))
		length -= sizeof(bytes_ending) - 1;
	for (size_t i = 0; i < length; i++)
		fputc(key[i] == '_' && !is_name ? ' ' : key[i], file);
	return (int)length;
}

static void print_size(json_int_t bytes, FILE *file)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB",
	                                    "TiB"};
	double size = (double)bytes;
	size_t unit = 0;

	while (size >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		size /= 1024;
		unit++;
	}
	fprintf(file, "%.*f %s\n", unit > 0 ? 1 : 0, size, units[unit]);
}

static void print_value(const char *key, const json_t *value,
                        const char *nothing, FILE *file)
{
	if (json_is_string(value))
		fprintf(file, "%s\n", json_string_value(value));
	else if (json_is_integer(value) && is_size(key))
		print_size(json_integer_value(value), file);
	else if (json_is_integer(value))
		fprintf(file, "%lld\n", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		fprintf(file, "%s\n", json_is_true(value) ? "yes" : "no");
	else
		fprintf(file, "%s\n", nothing);
}

/* Names of variables and of MPIs are printed as they are. `nothing` stands for
 * null. */
static void print_section(json_t *section, bool has_names, int indent,
                          const char *nothing, FILE *file)
{
	const char *key;
	json_t *value;

	json_object_foreach(section, key, value)
	{
		fprintf(file, "%*s", indent, "");
		const int length = print_key(key, has_names, file);

		if (json_is_object(value)) {
			fputc('\n', file);
			print_section(value, false, indent + INDENT, nothing,
			              file);
			continue;
		}
		const int gap = VALUE_COLUMN - indent - length;
		fprintf(file, "%*s", gap > 1 ? gap : 1, "");
		print_value(key, value, nothing, file);
	}
}

void info_print(const json_t *info, FILE *file)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(size_t)info, key, value)
	{
		const bool has_names =
		    !strcmp(key, "variables") || !strcmp(key, "modules");

		print_key(key, false, file);
		fputs(json_object_size(value) > 0 ? "\n" : ": none\n", file);
		print_section(value, has_names, INDENT,
		              strcmp(key, "limits") ? "none" : "no limit",
		              file);
	}
}
