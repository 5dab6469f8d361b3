/*
 * The interface between the library and its MPI module. The module is loaded at
 * run time and is not linked with the library: it contains copies of the files
 * of base that hold no state (CMakeLists.txt lists them), and calls the others
 * through `struct module_host`.
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

/* Functions of the library for the module. The structs of backend.h may change
 * with every version, so each side compares `version` before it reads anything
 * else: it stays the first field. */
struct module_host {
	const char *version;
	cohort_status (*error_set)(cohort_status status, const char *format,
	                           ...) COHORT_PRINTF(2, 3);
	void (*log_line)(enum log_level level, int rank, const char *format,
	                 ...) COHORT_PRINTF(3, 4);
	const char *(*error)(void);            /* cohort_error */
	cohort_status (*test_nodes)(int *out); /* as test_nodes_read */
	int (*launcher_socket)(void);          /* as in launcher.h */
	void (*wait_hook_call)(void);          /* as in wait_hook.h */
};

/* The module as the library sees it. `version` stays first here, too. */
struct mpi_module {
	const char *version;
	const struct backend *backend; /* NULL: the versions differ */
};

/* The one name that a module exports. `host` must live as long as the
 * process. */
#define MPI_MODULE_ENTRY "cohort_mpi_module"
typedef const struct mpi_module *
mpi_module_entry(const struct module_host *host);

#endif
