/*
 * Chooses the module for this process. A process must never contain two MPIs,
 * so the MPI that the program has loaded decides; without one, the launcher's
 * family decides; without a launcher, the first module that loads is taken.
 */
#define _POSIX_C_SOURCE 200809L /* PATH_MAX */
#include "loader.h"

#include "common/base/descriptor.h"
#include "common/base/environment.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "detect.h"
#include "module_folders.h"
#include "module_load.h"

#include <stdio.h>

#define CANNOT "cannot open an mpi group: "

enum { LOADER_REASON_BYTES = PATH_MAX + 256 };

static const char *const family_names[] = {
#define FAMILY_NAME(family, word, name, version) [MPI_FAMILY_##family] = name,
    MPI_FAMILY_MAP(FAMILY_NAME)
#undef FAMILY_NAME
};

/* The backend of this process's module, once one is loaded. */
static const struct backend *loaded;

/* Why the module has to be of one family: "Hydra started this process (PMI_RANK
 * is set)". */
static const char *describe_reason(const struct launcher *launcher,
                                   const struct detected_mpi *mpi,
                                   char text[LOADER_REASON_BYTES])
{
	if (mpi->family != MPI_FAMILY_ANY)
		snprintf(text, LOADER_REASON_BYTES, "the program has loaded %s",
		         mpi->path);
	else
		snprintf(text, LOADER_REASON_BYTES,
		         "%s started this process (%s is set)", launcher->name,
		         launcher->variable);
	return text;
}

/* No module of `family` was found; no other will do, for `reason`. */
static cohort_status refuse_missing(const struct module_folders *folders,
                                    enum mpi_family family, const char *reason)
{
	char where[FOLDERS_TEXT_BYTES];

	if (folders->distrust[0])
		return error_set(COHORT_EBACKEND,
		                 CANNOT "%s, which needs %s, but that is not "
		                        "to be trusted: %s",
		                 reason, module_file_name(family),
		                 folders->distrust);
	return error_set(COHORT_EBACKEND,
	                 CANNOT "%s, which needs %s, but that is not in %s: "
	                        "install it, or start the program with the "
	                        "launcher of an MPI whose module is there",
	                 reason, module_file_name(family),
	                 module_folders_list(folders, where));
}

/* No module was found at all. */
static cohort_status refuse_all_missing(const struct module_folders *folders)
{
	char where[FOLDERS_TEXT_BYTES];

	if (folders->distrust[0])
		return error_set(COHORT_EBACKEND,
		                 CANNOT "no module may be loaded: %s",
		                 folders->distrust);
	return error_set(COHORT_EBACKEND,
	                 CANNOT "there is no module (cohort-mpi-*.so) in %s: "
	                        "build cohort where MPI is installed",
	                 module_folders_list(folders, where));
}

/* Load the module of `family`; no other will do, for `reason`. */
static cohort_status load_family(struct module_folders *folders,
                                 enum mpi_family family, const char *reason)
{
	char path[PATH_MAX];
	char why[LOAD_TEXT_BYTES];

	if (!module_folders_search(folders, family, path))
		return refuse_missing(folders, family, reason);
	loaded = module_load(path, why);
	if (!loaded)
		return error_set(COHORT_EBACKEND,
		                 CANNOT "%s, which needs %s, but %s: install "
		                        "%s and the cohort that was built "
		                        "with it",
		                 reason, module_file_name(family), why,
		                 family_names[family]);
	return COHORT_OK;
}

/* Load the first module that is there and can be loaded. A module of another
 * version ends the search: its MPI is in this process now. */
static cohort_status load_any(struct module_folders *folders)
{
	char path[PATH_MAX];
	char why[LOAD_TEXT_BYTES];
	bool found = false;
	struct detected_mpi mpi;

	for (int f = MPI_FAMILY_ANY + 1; f < MPI_FAMILIES; f++) {
		if (!module_folders_search(folders, (enum mpi_family)f, path))
			continue;
		found = true;
		loaded = module_load(path, why);
		if (loaded) {
			log_line(LOG_INFO, -1,
			         "mpi: %s, the first module that is there and "
			         "loads",
			         path);
			return COHORT_OK;
		}
		if (detect_mpi(&mpi))
			break;
	}
	if (found)
		return error_set(COHORT_EBACKEND,
		                 CANNOT "%s: install the MPI it was built "
		                        "with, or the cohort it belongs to",
		                 why);
	return refuse_all_missing(folders);
}

/* Loading a module would bring a second MPI into this process. */
static cohort_status refuse_unknown(const struct detected_mpi *mpi)
{
	return error_set(COHORT_EBACKEND,
	                 CANNOT "the program has an MPI of its own in %s, "
	                        "which is neither Open MPI's libmpi.so.40 nor "
	                        "MPICH's libmpi.so.12: link the program with "
	                        "one of these",
	                 mpi->path);
}

/* Launcher and program are of different families. */
static cohort_status refuse_both(const struct launcher *launcher,
                                 const struct detected_mpi *mpi)
{
	return error_set(COHORT_EBACKEND,
	                 CANNOT "%s started this process (%s is set), but the "
	                        "program has loaded %s, which is %s: start it "
	                        "with the launcher of %s",
	                 launcher->name, launcher->variable, mpi->path,
	                 family_names[mpi->family], family_names[mpi->family]);
}

/*
 * An MPI that starts loads plug-ins that its own variables name, and cohort
 * cannot know all of those variables. So in a program with more privileges than
 * its user only the program itself starts an MPI.
 */
static cohort_status refuse_privileged(void)
{
	return error_set(COHORT_EBACKEND,
	                 CANNOT "this program runs with more privileges than "
	                        "its user (set-user-ID or capabilities), and "
	                        "an MPI that starts loads plug-ins that the "
	                        "user's variables name: use mp or serial, or "
	                        "start the program without privileges");
}

/* The family that the module has to be of; MPI_FAMILY_ANY: any will do. `mpi`
 * receives the MPI that the program has loaded. */
static cohort_status choose_family(const struct launcher *launcher,
                                   struct detected_mpi *mpi,
                                   enum mpi_family *out)
{
	*out = launcher ? launcher->family : MPI_FAMILY_ANY;
	if (environment_is_distrusted() && !detect_initialised_mpi())
		return refuse_privileged();
	if (!detect_mpi(mpi))
		return COHORT_OK;
	if (mpi->family == MPI_FAMILY_ANY)
		return refuse_unknown(mpi);
	if (*out != MPI_FAMILY_ANY && *out != mpi->family)
		return refuse_both(launcher, mpi);
	*out = mpi->family;
	return COHORT_OK;
}

static cohort_status choose_module(const struct launcher *launcher)
{
	struct module_folders folders;
	struct detected_mpi mpi;
	char reason[LOADER_REASON_BYTES];
	enum mpi_family family;
	cohort_status status = choose_family(launcher, &mpi, &family);

	if (status != COHORT_OK)
		return status;
	module_folders_find(&folders);
	if (family == MPI_FAMILY_ANY)
		return load_any(&folders);
	return load_family(&folders, family,
	                   describe_reason(launcher, &mpi, reason));
}

cohort_status loader_check(const struct launcher *launcher,
                           enum mpi_family *family)
{
	struct module_folders folders;
	struct detected_mpi mpi;
	char path[PATH_MAX];
	char reason[LOADER_REASON_BYTES];
	const cohort_status status = choose_family(launcher, &mpi, family);

	if (loaded || status != COHORT_OK)
		return loaded ? COHORT_OK : status;
	module_folders_find(&folders);
	for (int f = MPI_FAMILY_ANY + 1; f < MPI_FAMILIES; f++)
		if ((*family == MPI_FAMILY_ANY || f == (int)*family) &&
		    module_folders_search(&folders, (enum mpi_family)f, path))
			return COHORT_OK;
	return *family == MPI_FAMILY_ANY
	           ? refuse_all_missing(&folders)
	           : refuse_missing(&folders, *family,
	                            describe_reason(launcher, &mpi, reason));
}

const char *loader_family_name(enum mpi_family family)
{
	return family_names[family];
}

_Static_assert(LOADER_PATH_BYTES == PATH_MAX &&
                   (int)LOADER_WHY_BYTES >= TRUST_TEXT_BYTES &&
                   (int)LOADER_WHY_BYTES >= FOLDERS_TEXT_BYTES + NAME_MAX,
               "a reason fits");

bool loader_find(enum mpi_family family, char path[LOADER_PATH_BYTES],
                 char why[LOADER_WHY_BYTES])
{
	struct module_folders folders;
	char where[FOLDERS_TEXT_BYTES];

	module_folders_find(&folders);
	if (module_folders_search(&folders, family, path))
		return true;
	if (folders.distrust[0])
		snprintf(why, LOADER_WHY_BYTES, "%s", folders.distrust);
	else
		snprintf(why, LOADER_WHY_BYTES, "%s is not in %s",
		         module_file_name(family),
		         module_folders_list(&folders, where));
	return false;
}

/* MPI makes descriptors, when it starts and later, and takes the lowest numbers
 * that are free. If these are stdout or stderr, what the program writes there
 * would go into MPI's pipes and sockets. So they are taken before. */
static cohort_status load(const struct launcher *launcher)
{
	const unsigned held = descriptor_hold_standard();
	const cohort_status status = choose_module(launcher);

	if (status != COHORT_OK)
		descriptor_release_standard(held);
	return status;
}

static cohort_status loader_open(const struct config *config,
                                 const struct launcher *launcher,
                                 struct world **out)
{
	cohort_status status = loaded ? COHORT_OK : load(launcher);

	return status == COHORT_OK ? loaded->open(config, launcher, out)
	                           : status;
}

const struct backend mpi_backend = {
    .name = "mpi",
    .open = loader_open,
};
