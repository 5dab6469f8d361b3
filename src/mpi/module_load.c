#define _GNU_SOURCE /* RTLD_NODELETE */
#include "module_load.h"

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/test_nodes.h"
#include "common/base/wait_hook.h"
#include "module_abi.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static const struct module_host host = {
    .version = MODULE_ABI_VERSION,
    .error_set = error_set,
    .log_line = log_line,
    .error = cohort_error,
    .test_nodes = test_nodes_read,
    .launcher_socket = launcher_socket,
    .wait_hook_call = wait_hook_call,
};

/* RTLD_GLOBAL, because Open MPI's plug-ins look up names of libmpi.
 * RTLD_NODELETE, because MPI cannot start twice in a process. */
const struct backend *module_load(const char *path, char why[LOAD_TEXT_BYTES])
{
	mpi_module_entry *entry;

	void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
	if (!library) {
		snprintf(why, LOAD_TEXT_BYTES, "%s cannot be loaded (%s)", path,
		         dlerror());
		return NULL;
	}
	void *name = dlsym(library, MPI_MODULE_ENTRY);
	if (!name) {
		snprintf(why, LOAD_TEXT_BYTES,
		         "%s is no module of cohort's (it has no %s)", path,
		         MPI_MODULE_ENTRY);
		return NULL;
	}
	memcpy(&entry, &name, sizeof(entry));
	const struct mpi_module *module = entry(&host);
	if (strcmp(module->version, MODULE_ABI_VERSION) || !module->backend) {
		snprintf(why, LOAD_TEXT_BYTES,
		         "%s is of cohort %s, but this is cohort %s", path,
		         module->version, MODULE_ABI_VERSION);
		return NULL;
	}
	return module->backend;
}
