/* Loads a module into this process. */
#ifndef COHORT_MPI_MODULE_LOAD_H
#define COHORT_MPI_MODULE_LOAD_H

#include "common/core/backend.h"

#include <limits.h>

enum { LOAD_TEXT_BYTES = PATH_MAX + 256 };

/* The backend of the module at `path`, an absolute path. NULL if it does not
 * load or is of another version, with the reason in `why`; in the second case
 * its MPI is in this process from now on. */
const struct backend *module_load(const char *path, char why[LOAD_TEXT_BYTES]);

#endif
