/* The mpi backend as the library sees it. */
#ifndef COHORT_MPI_LOADER_H
#define COHORT_MPI_LOADER_H

#include "common/core/backend.h"

/* Only `name` and `open` are filled in: `open` loads a module and returns a
 * world of that module's backend, which has every slot. */
extern const struct backend mpi_backend;

/* What mpi_backend.open would find, loading nothing: COHORT_EBACKEND, with its
 * sentence, if there is no module that this process may load. A module that is
 * there may still not load. *family receives the only family that will do, or
 * MPI_FAMILY_ANY. */
COHORT_CHECKED cohort_status loader_check(const struct launcher *launcher,
                                          enum mpi_family *family);

/* "Open MPI" */
const char *loader_family_name(enum mpi_family family);

enum {
	LOADER_PATH_BYTES = 4096, /* PATH_MAX of Linux */
	LOADER_WHY_BYTES = 3 * LOADER_PATH_BYTES
};

/* The absolute path of the module for `family`, links resolved. False, with the
 * reason in `why`, if there is none that may be loaded. */
bool loader_find(enum mpi_family family, char path[LOADER_PATH_BYTES],
                 char why[LOADER_WHY_BYTES]);

#endif
