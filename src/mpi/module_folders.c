/*
 * COHORT_MODULE_DIR is the folder that modules are installed to, or "".
 *
 * Each minor version of the library has a folder of its own, cohort/0.2, beside
 * libcohort.so: library and module must be of one version, and two versions may
 * be installed in one place.
 */
#define _GNU_SOURCE /* dladdr1 */
#include "module_folders.h"

#include "cohort.h"
#include "common/base/environment.h"
#include "common/base/log.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_OF(number) #number
#define FOLDER_OF(major, minor) "cohort/" TEXT_OF(major) "." TEXT_OF(minor)
#define FOLDER FOLDER_OF(COHORT_VERSION_MAJOR, COHORT_VERSION_MINOR)

static const char *const files[] = {
#define FILE_NAME(family, word, name, version) \
	[MPI_FAMILY_##family] = "cohort-mpi-" #word ".so",
    MPI_FAMILY_MAP(FILE_NAME)
#undef FILE_NAME
};

const char *module_file_name(enum mpi_family family)
{
	return files[family];
}

/* Add `tail` in the folder of the absolute path `file`; links are resolved if
 * the folder exists. */
static void add_folder(struct module_folders *folders, const char *file,
                       const char *tail)
{
	char *path = folders->paths[folders->count];
	char resolved[PATH_MAX];
	const char *slash = strrchr(file, '/');
	const int length = slash ? (int)(slash + 1 - file) : 0;
	const int used = snprintf(path, PATH_MAX, "%.*s%s", length, file, tail);

	if (path[0] != '/' || used >= PATH_MAX)
		return;
	if (realpath(path, resolved))
		memcpy(path, resolved, strlen(resolved) + 1);
	folders->count++;
}

/* Whether `path` is the shared library, and not some object that the static
 * library is linked into. */
static bool is_shared_library(const char *path)
{
	static const char start[] = "/libcohort.so";
	const char *slash = strrchr(path, '/');

	return slash && !strncmp(slash, start, strlen(start));
}

/*
 * The shared library has its modules beside it. With the static library they
 * are beside the program, in the program's ../lib, or where the library was
 * installed. A set-user-ID program is not asked where it lies: any user can
 * link to it from a folder of their own.
 */
void module_folders_find(struct module_folders *out)
{
	static const char here;
	Dl_info info;
	struct link_map *map = NULL;
	char *file = out->anchor;

	out->count = 0;
	out->distrust[0] = '\0';
	out->anchor[0] = '\0';
	if (!dladdr1(&here, &info, (void **)&map, RTLD_DL_LINKMAP))
		return;
	if (map->l_name[0]) {
		if (!realpath(map->l_name, file)) {
			file[0] = '\0';
			return;
		}
		add_folder(out, file, FOLDER);
		if (is_shared_library(file))
			return;
	} else if (environment_is_distrusted() ||
	           !realpath("/proc/self/exe", file)) {
		file[0] = '\0';
	} else {
		add_folder(out, file, FOLDER);
		add_folder(out, file, "../lib/" FOLDER);
	}
	if (COHORT_MODULE_DIR[0] == '/')
		add_folder(out, COHORT_MODULE_DIR "/", "");
}

static bool may_load(struct module_folders *folders, const char *folder,
                     const char *path)
{
	char *why = folders->distrust;

	if (module_is_trusted(folder, folders->anchor, why) &&
	    module_is_trusted(path, folders->anchor, why))
		return true;
	log_line(LOG_WARN, -1, "mpi: %s is not loaded: %s", path, why);
	return false;
}

bool module_folders_search(struct module_folders *folders,
                           enum mpi_family family, char path[PATH_MAX])
{
	char candidate[PATH_MAX];

	for (int i = 0; i < folders->count; i++) {
		int used = snprintf(candidate, sizeof(candidate), "%s/%s",
		                    folders->paths[i], files[family]);
		if (used < PATH_MAX && realpath(candidate, path) &&
		    may_load(folders, folders->paths[i], path))
			return true;
	}
	return false;
}

const char *module_folders_list(const struct module_folders *folders,
                                char text[FOLDERS_TEXT_BYTES])
{
	int used = snprintf(text, FOLDERS_TEXT_BYTES, "%s",
	                    folders->count ? folders->paths[0]
	                                   : "any folder that is known");

	for (int i = 1; i < folders->count && used < FOLDERS_TEXT_BYTES; i++)
		used += snprintf(text + used, FOLDERS_TEXT_BYTES - (size_t)used,
		                 ", %s", folders->paths[i]);
	return text;
}
