/* HDF5 files, which the module beside this program writes. */
#define _GNU_SOURCE /* dlopen in C11 */
#include "base/failure.h"
#include "base/memory.h"
#include "base/program_folder.h"
#include "base/text.h"
#include "hdf5_module.h"

#include <dlfcn.h>
#include <unistd.h>

/* The attribute with their names has 16 bytes for each, and less than 64 KiB.
 */
enum { COLUMNS_MOST = 4000 };

/* NULL until it has been loaded. */
static const struct hdf5_module *module;

static bool load_hdf5(void)
{
	struct text path = {0};

	if (module)
		return true;
	program_folder(&path);
	text_add_string(&path, "/" COHORT_HDF5_MODULE);
	if (access(text_string(&path), F_OK)) {
		failure("this cohort writes no HDF5 files: it was built where "
		        "HDF5 was not installed (libhdf5-dev), or %s was left "
		        "out: use .csv, .jsonl or .sqlite",
		        text_string(&path));
	} else {
		void *library = dlopen(text_string(&path), RTLD_NOW);

		module = library ? dlsym(library, "cohort_hdf5_module") : NULL;
		if (!module)
			failure("HDF5 cannot be loaded: %s", dlerror());
	}
	text_free(&path);
	return module != NULL;
}

static bool can_write_hdf5(size_t columns)
{
	return load_hdf5() &&
	       (columns <= COLUMNS_MOST ||
	        failure("the table has %zu columns, and HDF5 takes at most %d: "
	                "use .csv, .tsv or .jsonl",
	                columns, COLUMNS_MOST));
}

static bool begin_hdf5(const char *path, const struct output_column columns[],
                       size_t count, void **writer)
{
	return load_hdf5() &&
	       (module->format->begin(path, columns, count, writer) ||
	        failure_of_system("%s", module->sentence()));
}

static bool hdf5_row(void *writer, const char *const values[])
{
	return module->format->row(writer, values) ||
	       failure("%s", module->sentence());
}

static bool hdf5_end(void *writer, bool is_good)
{
	return module->format->end(writer, is_good) ||
	       failure_of_system("%s", module->sentence());
}

static const char *const endings[] = {"h5", "hdf5", NULL};

const struct table_format format_hdf5 = {
    "hdf5", endings, false, can_write_hdf5, begin_hdf5, hdf5_row, hdf5_end};
