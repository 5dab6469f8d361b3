/*
 * The mpi backend as the library sees it: find the module for the MPI that
 * this process is to have, load it, and hand over. What is opened carries the
 * module's own table, so nothing but `open` goes through this file.
 *
 * Two MPIs must never meet in one process. The one that the program has loaded
 * itself decides, else the launcher, else whatever module there is.
 *
 * A module is loaded by its absolute path only, from folders that follow from
 * where the library lies or was installed: no search path and no variable has
 * a say. It is loaded with RTLD_GLOBAL because Open MPI's plug-ins look up
 * names of libmpi, and never unloaded because MPI cannot start twice.
 */
#define _GNU_SOURCE /* dladdr1 */
#include "loader.h"

#include "common/base/error.h"
#include "detect.h"
#include "module_abi.h"

#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#ifndef COHORT_MODULE_DIR
#define COHORT_MODULE_DIR "" /* not installed anywhere */
#endif

#define CANNOT "cannot open an mpi group: "

/* Modules of each minor version have a folder of their own: "cohort/0.1". */
#define TEXT_OF(number) #number
#define FOLDER_OF(major, minor) "cohort/" TEXT_OF(major) "." TEXT_OF(minor)
#define MODULE_FOLDER FOLDER_OF(COHORT_VERSION_MAJOR, COHORT_VERSION_MINOR)

enum { FOLDERS = 3, TEXT_BYTES = PATH_MAX + 256 };

static const struct {
	const char *name;
	const char *module;
} families[] = {
#define FAMILY(family, name, module, suffix) \
	[MPI_FAMILY_##family] = {name, module},
    MPI_FAMILY_MAP(FAMILY)
#undef FAMILY
};

/* The folders that may hold modules, in the order they are looked at. */
struct folders {
	char paths[FOLDERS][PATH_MAX];
	int count;
};

/* The module of this process, once there is one. */
static const struct backend *loaded;

/* The folder of `file` with `tail` behind it, links resolved if it exists. */
static void add_folder(struct folders *folders, const char *file,
                       const char *tail)
{
	char *path = folders->paths[folders->count];
	char resolved[PATH_MAX];
	const int length = (int)(detect_file_name(file) - file);
	const int used = snprintf(path, PATH_MAX, "%.*s%s", length, file, tail);

	if (path[0] != '/' || used >= PATH_MAX)
		return;
	if (realpath(path, resolved))
		memcpy(path, resolved, strlen(resolved) + 1);
	folders->count++;
}

/*
 * Beside the shared library; for a static one beside the program, in the
 * program's lib, and where the library was to be installed. A set-uid program
 * is not asked where it lies: anybody may link to it from a folder of theirs.
 */
static void find_folders(struct folders *out)
{
	Dl_info info;
	struct link_map *map = NULL;
	char file[PATH_MAX];

	out->count = 0;
	if (!dladdr1(&mpi_backend, &info, (void **)&map, RTLD_DL_LINKMAP))
		return;
	if (map->l_name[0]) {
		if (!realpath(map->l_name, file))
			return;
		add_folder(out, file, MODULE_FOLDER);
		if (detect_starts_with(detect_file_name(file), "libcohort.so"))
			return;
	} else if (!getauxval(AT_SECURE) && realpath("/proc/self/exe", file)) {
		add_folder(out, file, MODULE_FOLDER);
		add_folder(out, file, "../lib/" MODULE_FOLDER);
	}
	if (COHORT_MODULE_DIR[0] == '/')
		add_folder(out, COHORT_MODULE_DIR "/", "");
}

/* The module's path into `path`, links resolved; false if it is in none of the
 * folders. */
static bool find_module(const struct folders *folders, enum mpi_family family,
                        char path[PATH_MAX])
{
	char beside[PATH_MAX];

	for (int i = 0; i < folders->count; i++) {
		int used = snprintf(beside, sizeof(beside), "%s/%s",
		                    folders->paths[i], families[family].module);
		if (used < PATH_MAX && realpath(beside, path))
			return true;
	}
	return false;
}

/* "/a/cohort, /b/cohort" */
static const char *list_folders(const struct folders *folders,
                                char text[TEXT_BYTES])
{
	int used = snprintf(text, TEXT_BYTES, "%s",
	                    folders->count ? folders->paths[0]
	                                   : "any folder that is known");

	for (int i = 1; i < folders->count && used < TEXT_BYTES; i++)
		used += snprintf(text + used, TEXT_BYTES - (size_t)used, ", %s",
		                 folders->paths[i]);
	return text;
}

/* What needs a module of one family: "Hydra started this process (PMI_RANK is
 * set)". */
static const char *describe_reason(const struct launcher *launcher,
                                   const struct detected_mpi *mpi,
                                   char text[TEXT_BYTES])
{
	if (mpi->family != MPI_FAMILY_ANY)
		snprintf(text, TEXT_BYTES, "the program has loaded %s",
		         mpi->path);
	else
		snprintf(text, TEXT_BYTES,
		         "%s started this process (%s is set)", launcher->name,
		         launcher->variable);
	return text;
}

/* False with the reason in `why`. */
static bool load(const char *path, char why[TEXT_BYTES])
{
	static const struct mpi_host host = {
	    .version = MODULE_ABI_VERSION,
	    .error_set = error_set,
	    .log_line = log_line,
	};
	mpi_module_entry *entry;

	void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
	if (!library) {
		snprintf(why, TEXT_BYTES, "%s cannot be loaded (%s)", path,
		         dlerror());
		return false;
	}
	void *name = dlsym(library, MPI_MODULE_ENTRY);
	if (!name) {
		snprintf(why, TEXT_BYTES,
		         "%s is no module of cohort's (it has no %s)", path,
		         MPI_MODULE_ENTRY);
		return false;
	}
	memcpy(&entry, &name, sizeof(entry));
	const struct mpi_module *module = entry(&host);
	if (strcmp(module->version, MODULE_ABI_VERSION) || !module->backend) {
		snprintf(why, TEXT_BYTES,
		         "%s is of cohort %s, but this is cohort %s", path,
		         module->version, MODULE_ABI_VERSION);
		return false;
	}
	loaded = module->backend;
	return true;
}

/* The one module that will do. */
static cohort_status load_family(const struct folders *folders,
                                 enum mpi_family family, const char *reason)
{
	char path[PATH_MAX];
	char where[TEXT_BYTES];
	char why[TEXT_BYTES];

	if (!find_module(folders, family, path))
		return error_set(COHORT_EBACKEND,
		                 CANNOT "%s, which needs %s, but that is not "
		                        "in %s: install it, or start the "
		                        "program with the launcher of an MPI "
		                        "whose module is there",
		                 reason, families[family].module,
		                 list_folders(folders, where));
	if (!load(path, why))
		return error_set(COHORT_EBACKEND,
		                 CANNOT "%s, which needs %s, but %s: install "
		                        "%s and the cohort that was built "
		                        "with it",
		                 reason, families[family].module, why,
		                 families[family].name);
	return COHORT_OK;
}

/* The first one that is there and loads. A module that loads and is refused
 * ends the search: its MPI is in this process now. */
static cohort_status load_any(const struct folders *folders)
{
	char path[PATH_MAX];
	char where[TEXT_BYTES];
	char why[TEXT_BYTES];
	bool found = false;
	struct detected_mpi mpi;

	for (int f = MPI_FAMILY_ANY + 1; f < MPI_FAMILIES; f++) {
		if (!find_module(folders, (enum mpi_family)f, path))
			continue;
		found = true;
		if (load(path, why)) {
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
	return error_set(COHORT_EBACKEND,
	                 CANNOT "there is no module (cohort-mpi-*.so) in %s: "
	                        "build cohort where MPI is installed",
	                 list_folders(folders, where));
}

/* A second MPI in this process would be the end of both. */
static cohort_status refuse_unknown(const struct detected_mpi *mpi)
{
	return error_set(COHORT_EBACKEND,
	                 CANNOT "the program has an MPI of its own in %s, "
	                        "which is neither Open MPI's libmpi.so.40 nor "
	                        "MPICH's libmpi.so.12: link the program with "
	                        "one of these",
	                 mpi->path);
}

/* Both have a say, and say different things. */
static cohort_status refuse_both(const struct launcher *launcher,
                                 const struct detected_mpi *mpi)
{
	return error_set(COHORT_EBACKEND,
	                 CANNOT "%s started this process (%s is set), but the "
	                        "program has loaded %s, which is %s: start it "
	                        "with the launcher of %s",
	                 launcher->name, launcher->variable, mpi->path,
	                 families[mpi->family].name,
	                 families[mpi->family].name);
}

static cohort_status choose_module(const struct launcher *launcher)
{
	struct folders folders;
	struct detected_mpi mpi;
	char reason[TEXT_BYTES];
	enum mpi_family family = launcher ? launcher->family : MPI_FAMILY_ANY;

	if (detect_mpi(&mpi)) {
		if (mpi.family == MPI_FAMILY_ANY)
			return refuse_unknown(&mpi);
		if (family != MPI_FAMILY_ANY && family != mpi.family)
			return refuse_both(launcher, &mpi);
		family = mpi.family;
	}
	find_folders(&folders);
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

/* Worlds carry the module's table, in which every slot is filled: nothing but
 * these two is ever asked of this one. */
const struct backend mpi_backend = {
    .name = "mpi",
    .open = loader_open,
};
