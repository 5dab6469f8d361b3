/*
 * Chooses the module for this process. A process must never contain two MPIs,
 * so the MPI that the program has loaded decides; without one, the launcher's
 * family decides; without a launcher, the first module that loads is taken.
 */
#define _POSIX_C_SOURCE 200809L /* PATH_MAX */
#include "loader.h"

#include "common/base/environment.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "detect.h"
#include "module_folders.h"
#include "module_load.h"

#include <stdio.h>

#define CANNOT "cannot open an mpi group: "

enum { REASON_BYTES = PATH_MAX + 256 };

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
                                   char text[REASON_BYTES])
{
	if (mpi->family != MPI_FAMILY_ANY)
		snprintf(text, REASON_BYTES, "the program has loaded %s",
		         mpi->path);
	else
		snprintf(text, REASON_BYTES,
		         "%s started this process (%s is set)", launcher->name,
		         launcher->variable);
	return text;
}

/* Load the module of `family`; no other will do, for `reason`. */
static cohort_status load_family(struct module_folders *folders,
                                 enum mpi_family family, const char *reason)
{
	char path[PATH_MAX];
	char where[FOLDERS_TEXT_BYTES];
	char why[LOAD_TEXT_BYTES];
	const bool found = module_folders_search(folders, family, path);

	if (!found && folders->distrust[0])
		return error_set(COHORT_EBACKEND,
		                 CANNOT "%s, which needs %s, but that is not "
		                        "to be trusted: %s",
		                 reason, module_file_name(family),
		                 folders->distrust);
	if (!found)
		return error_set(COHORT_EBACKEND,
		                 CANNOT "%s, which needs %s, but that is not "
		                        "in %s: install it, or start the "
		                        "program with the launcher of an MPI "
		                        "whose module is there",
		                 reason, module_file_name(family),
		                 module_folders_list(folders, where));
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
	char where[FOLDERS_TEXT_BYTES];
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
	if (folders->distrust[0])
		return error_set(COHORT_EBACKEND,
		                 CANNOT "no module may be loaded: %s",
		                 folders->distrust);
	return error_set(COHORT_EBACKEND,
	                 CANNOT "there is no module (cohort-mpi-*.so) in %s: "
	                        "build cohort where MPI is installed",
	                 module_folders_list(folders, where));
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

static cohort_status choose_module(const struct launcher *launcher)
{
	struct module_folders folders;
	struct detected_mpi mpi;
	char reason[REASON_BYTES];
	enum mpi_family family = launcher ? launcher->family : MPI_FAMILY_ANY;

	if (environment_is_distrusted() && !detect_initialised_mpi())
		return refuse_privileged();
	if (detect_mpi(&mpi)) {
		if (mpi.family == MPI_FAMILY_ANY)
			return refuse_unknown(&mpi);
		if (family != MPI_FAMILY_ANY && family != mpi.family)
			return refuse_both(launcher, &mpi);
		family = mpi.family;
	}
	module_folders_find(&folders);
	if (family == MPI_FAMILY_ANY)
		return load_any(&folders);
	return load_family(&folders, family,
	                   describe_reason(launcher, &mpi, reason));
}

static cohort_status loader_open(const struct config *config,
                                 const struct launcher *launcher,
                                 struct world **out)
{
	cohort_status status = loaded ? COHORT_OK : choose_module(launcher);

	return status == COHORT_OK ? loaded->open(config, launcher, out)
	                           : status;
}

const struct backend mpi_backend = {
    .name = "mpi",
    .open = loader_open,
};
