/*
 * What the library and its MPI module know of each other. The module is loaded
 * at run time and links nothing of the library: it has copies of the leaves
 * that hold no state (call.c, op.c, type.c), and is handed the ones that do.
 */
#ifndef COHORT_MPI_MODULE_ABI_H
#define COHORT_MPI_MODULE_ABI_H

#include "common/base/log.h"
#include "common/core/backend.h"

#define MODULE_ABI_TEXT(number) #number
#define MODULE_ABI_DOTTED(major, minor, patch) \
	MODULE_ABI_TEXT(major)                 \
	"." MODULE_ABI_TEXT(minor) "." MODULE_ABI_TEXT(patch)
#define MODULE_ABI_VERSION                                            \
	MODULE_ABI_DOTTED(COHORT_VERSION_MAJOR, COHORT_VERSION_MINOR, \
	                  COHORT_VERSION_PATCH)

/* The library's. The structs of backend.h may change with every version, so
 * nothing behind `version` is touched before it has been compared: it stays
 * the first field. */
struct mpi_host {
	const char *version;
	cohort_status (*error_set)(cohort_status status, const char *format,
	                           ...) COHORT_PRINTF(2, 3);
	void (*log_line)(enum log_level level, int rank, const char *format,
	                 ...) COHORT_PRINTF(3, 4);
};

/* The module's. Here too, `version` is first. */
struct mpi_module {
	const char *version;
	const struct backend *backend; /* NULL: the host is of another one */
};

/* The one name that a module exports. `host` must live as long as the
 * process. */
#define MPI_MODULE_ENTRY "cohort_mpi_module"
typedef const struct mpi_module *mpi_module_entry(const struct mpi_host *host);

#endif
