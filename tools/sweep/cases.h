/* The parameter sets of a sweep's last run: the file `cases.csv` in its
 * directory, so that its table can be made without the input. */
#ifndef TOOLS_SWEEP_CASES_H
#define TOOLS_SWEEP_CASES_H

#include "params/table.h"

/* Whether the directory has the file. */
bool cases_exist(const char *folder);

bool cases_write(const char *folder, const struct table *table);

/* False, with a sentence, if the directory has none. */
bool cases_read(const char *folder, struct table *out);

#endif
