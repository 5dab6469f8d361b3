/* Functions of the library that the module calls. error_set, error_sys,
 * log_line and wait_hook_call, as files of base declare them, are the module's
 * own here: they forward to the library. */
#ifndef COHORT_MPI_HOST_CALLS_H
#define COHORT_MPI_HOST_CALLS_H

#include "module_abi.h"

/* Set the library. Once, before anything else is called. */
void host_set(const struct module_host *host);

/* The library's version, which is the module's as well. */
const char *host_version(void);

/* As cohort_error. */
const char *host_error(void);

/* The socket of PMI-1 to the launcher; -1: none. */
int host_launcher_socket(void);

/* As test_nodes_read. */
COHORT_CHECKED cohort_status host_test_nodes(int *out);

#endif
