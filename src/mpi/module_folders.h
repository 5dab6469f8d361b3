/* Where the modules lie. */
#ifndef COHORT_MPI_MODULE_FOLDERS_H
#define COHORT_MPI_MODULE_FOLDERS_H

#include "common/base/mpi_family.h"
#include "module_trust.h"

enum { MODULE_FOLDERS = 3, FOLDERS_TEXT_BYTES = PATH_MAX + 256 };

/* The folders that may hold modules, in the order of the search. */
struct module_folders {
	char paths[MODULE_FOLDERS][PATH_MAX];
	int count;
	/* The library, or the program that contains it; "": a set-user-ID
	 * program that contains it, which any user may have linked to. */
	char anchor[PATH_MAX];
	/* Why a module that is there was left alone; "": none was. */
	char distrust[TRUST_TEXT_BYTES];
};

/* No search path and no variable has a say: the folders follow from the place
 * of the library, or of the program, or from the installation prefix. */
void module_folders_find(struct module_folders *out);

/* The path of the module for `family`, links resolved; false if no folder has
 * one that may be loaded (module_trust.h). */
bool module_folders_search(struct module_folders *folders,
                           enum mpi_family family, char path[PATH_MAX]);

/* "/a/cohort/0.2, /b/cohort/0.2" into `text`; returns it. */
const char *module_folders_list(const struct module_folders *folders,
                                char text[FOLDERS_TEXT_BYTES]);

/* "cohort-mpi-openmpi.so" */
const char *module_file_name(enum mpi_family family);

#endif
