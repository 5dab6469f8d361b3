#define _GNU_SOURCE /* dladdr */
#include "base/failure.h"
#include "output/table_format.h"
#include "sections.h"

#include <csv.h>
#include <dlfcn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

extern char **environ;

/* The library that this process has loaded, or this program if the library is
 * a part of it. */
static json_t *library_path(void)
{
	const char *(*function)(void) = cohort_version;
	void *address;
	Dl_info info;

	memcpy(&address, &function, sizeof(address));
	return dladdr(address, &info) && info.dli_fname
	           ? json_string(info.dli_fname)
	           : json_null();
}

json_t *section_cohort(void)
{
	char command[64];

	snprintf(command, sizeof(command), "%d.%d.%d", COHORT_VERSION_MAJOR,
	         COHORT_VERSION_MINOR, COHORT_VERSION_PATCH);
	return json_pack("{s:s, s:s, s:o}", "command", command, "library",
	                 cohort_version(), "library_path", library_path());
}

json_t *section_built_with(void)
{
	char csv[64];

	snprintf(csv, sizeof(csv), "%d.%d.%d", CSV_MAJOR, CSV_MINOR,
	         CSV_RELEASE);
	const bool has_hdf5 = format_hdf5.can_write(0);

	return json_pack("{s:s, s:s, s:s, s:b, s:s?}", "jansson",
	                 JANSSON_VERSION, "libcsv", csv, "sqlite",
	                 sqlite3_libversion(), "hdf5", has_hdf5, "hdf5_problem",
	                 has_hdf5 ? NULL : failure_sentence());
}

json_t *section_variables(void)
{
	static const char start[] = "COHORT_";
	json_t *variables = json_object();

	for (char **variable = environ; *variable; variable++) {
		const char *value = strchr(*variable, '=');
		char name[128];

		if (!value || strncmp(*variable, start, sizeof(start) - 1) != 0)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)(value - *variable),
		         *variable);
		json_t *text = json_string(value + 1);
		json_object_set_new(variables, name,
		                    text ? text : json_string("not UTF-8"));
	}
	return variables;
}
