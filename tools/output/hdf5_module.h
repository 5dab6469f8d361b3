/*
 * What the module for HDF5 exports, as `cohort_hdf5_module`. HDF5 and what it
 * needs are some forty libraries, so they are loaded with the module, by those
 * runs alone that write such a table.
 */
#ifndef TOOLS_OUTPUT_HDF5_MODULE_H
#define TOOLS_OUTPUT_HDF5_MODULE_H

#include "table_format.h"

struct hdf5_module {
	const struct table_format *format;
	const char *(*sentence)(void); /* of its last failure */
};

#endif
