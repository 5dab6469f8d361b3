/*
 * An HDF5 file with one dataset for each column of the table, in the root
 * group, each with one element for each row; the attribute `columns` has the
 * names in their order. Whole numbers are 64-bit integers if no row lacks one,
 * numbers are doubles, NaN where there is none, and all else is UTF-8 strings
 * of variable length, empty where there is none. This file is the module that
 * load_hdf5.c loads. A column's type depends on all of its values, so that rows
 * are kept in memory until the end.
 */
#include "base/failure.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "column_values.h"
#include "hdf5_module.h"

#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

struct hdf5_writer {
	hid_t file;
	const struct output_column *columns;
	struct column_values *values; /* of each column */
	size_t count;
	size_t rows;
};

static herr_t keep_reason(unsigned depth, const H5E_error2_t *error,
                          void *reason)
{
	(void)depth;
	*(const char **)reason = error->desc;
	return 0;
}

/* The sentence has the reason that HDF5 gives first. */
static bool refused(const char *what)
{
	const char *reason = NULL;

	H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_reason, &reason);
	return failure_of_system("the table cannot be written: HDF5: %s%s%s",
	                         what, reason ? ": " : "",
	                         reason ? reason : "");
}

/* A link's name has no '/', and "." is the group itself: they are %2F and %2E,
 * and a name that has %2 has %252 there. */
static char *link_name(const char *name)
{
	struct text text = {0};

	if (!strcmp(name, "."))
		return memory_text("%2E", 3);
	for (; *name; name++)
		if (*name == '/')
			text_add_string(&text, "%2F");
		else if (*name == '%' && name[1] == '2')
			text_add_string(&text, "%25");
		else
			text_add(&text, name, 1);
	text_string(&text);
	return text.bytes;
}

static hid_t make_string_type(void)
{
	const hid_t type = H5Tcopy(H5T_C_S1);

	H5Tset_size(type, H5T_VARIABLE);
	H5Tset_cset(type, H5T_CSET_UTF8);
	return type;
}

/* Datasets are listed in the order in which they were made. */
static bool begin_hdf5(const char *path, const struct output_column columns[],
                       size_t count, void **out)
{
	H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
	const hid_t creation = H5Pcreate(H5P_FILE_CREATE);
	H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED |
	                                         H5P_CRT_ORDER_INDEXED);
	const hid_t file =
	    H5Fcreate(path, H5F_ACC_TRUNC, creation, H5P_DEFAULT);
	/* Each call forgets the errors of the one before. */
	if (file < 0)
		refused("the file is not made");
	H5Pclose(creation);
	if (file < 0)
		return false;
	struct hdf5_writer *writer = memory_new(1, sizeof(*writer));
	*writer = (struct hdf5_writer){
	    .file = file,
	    .columns = columns,
	    .values = memory_new(count, sizeof(*writer->values)),
	    .count = count,
	};
	*out = writer;
	return true;
}

static bool hdf5_row(void *state, const char *const values[])
{
	struct hdf5_writer *writer = state;

	for (size_t c = 0; c < writer->count; c++)
		if (!column_values_add(&writer->values[c], values[c]))
			return failure("a value is not UTF-8, which strings in "
			               "HDF5 files are: '%s'; write CSV or "
			               "SQLite",
			               values[c]);
	writer->rows++;
	return true;
}

/* The same table has the same bytes whenever it is written. */
static bool write_dataset(const struct hdf5_writer *writer, const char *name,
                          hid_t type, const void *values)
{
	const hsize_t rows = writer->rows;
	char *link = link_name(name);
	const hid_t space = H5Screate_simple(1, &rows, NULL);
	const hid_t links = H5Pcreate(H5P_LINK_CREATE);
	const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);

	H5Pset_char_encoding(links, H5T_CSET_UTF8);
	H5Pset_obj_track_times(creation, false);
	const hid_t dataset = H5Dcreate2(writer->file, link, type, space, links,
	                                 creation, H5P_DEFAULT);
	bool good = dataset >= 0 &&
	            (rows == 0 || H5Dwrite(dataset, type, H5S_ALL, H5S_ALL,
	                                   H5P_DEFAULT, values) >= 0);
	if (!good)
		refused(link);
	if (dataset >= 0 && H5Dclose(dataset) < 0 && good)
		good = refused(link);
	H5Pclose(creation);
	H5Pclose(links);
	H5Sclose(space);
	free(link);
	return good;
}

static bool write_column(const struct hdf5_writer *writer, size_t column)
{
	const char *name = writer->columns[column].name;
	struct column_values *values = &writer->values[column];
	void *array;
	bool good;

	switch (column_values_type(values, &writer->columns[column])) {
	case COLUMN_WHOLE:
		array = column_values_whole(values);
		good = write_dataset(writer, name, H5T_NATIVE_INT64, array);
		break;
	case COLUMN_REAL:
		array = column_values_real(values);
		good = write_dataset(writer, name, H5T_NATIVE_DOUBLE, array);
		break;
	default: {
		const hid_t type = make_string_type();

		array = column_values_strings(values);
		good = write_dataset(writer, name, type, array);
		H5Tclose(type);
		break;
	}
	}
	free(array);
	column_values_free(values);
	return good;
}

static bool write_names(const struct hdf5_writer *writer)
{
	const hsize_t count = writer->count;
	const char **names = memory_new(writer->count, sizeof(*names));
	const hid_t type = make_string_type();
	const hid_t space = H5Screate_simple(1, &count, NULL);

	for (size_t c = 0; c < writer->count; c++)
		names[c] = writer->columns[c].name;
	const hid_t attribute = H5Acreate2(writer->file, "columns", type, space,
	                                   H5P_DEFAULT, H5P_DEFAULT);
	const bool good =
	    attribute >= 0 && H5Awrite(attribute, type, names) >= 0;
	if (!good)
		refused("the attribute columns");
	if (attribute >= 0)
		H5Aclose(attribute);
	H5Sclose(space);
	H5Tclose(type);
	free(names);
	return good;
}

static bool hdf5_end(void *state, bool is_good)
{
	struct hdf5_writer *writer = state;
	bool good = !is_good || write_names(writer);

	for (size_t c = 0; is_good && good && c < writer->count; c++)
		good = write_column(writer, c);
	for (size_t c = 0; c < writer->count; c++)
		column_values_free(&writer->values[c]);
	if (H5Fclose(writer->file) < 0 && good)
		good = refused("the file is not closed");
	free(writer->values);
	free(writer);
	H5close();
	return good;
}

static const struct table_format format = {
    .name = "hdf5", .begin = begin_hdf5, .row = hdf5_row, .end = hdf5_end};

extern const struct hdf5_module cohort_hdf5_module;

__attribute__((visibility("default")))
const struct hdf5_module cohort_hdf5_module = {&format, failure_sentence};
