/* Names of the table's columns: parameters, its own, and those of --parse. No
 * two are the same, nor in upper and lower case, which some formats (SQLite) do
 * not tell apart. */
#ifndef TOOLS_SWEEP_COLUMN_NAMES_H
#define TOOLS_SWEEP_COLUMN_NAMES_H

#include "task/parse.h"

/* Check, before the sweep, the names of the parameters and those that the
 * options --parse and --columns give. (report.c sees to those that tasks
 * print.) False with a sentence if two are the same, or a parameter has the
 * name of a placeholder. */
bool column_names_check(const struct table *parameters,
                        const struct parse *parse);

#endif
