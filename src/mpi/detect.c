#define _GNU_SOURCE /* dl_iterate_phdr, dladdr */
#include "detect.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

static const char *const suffixes[] = {
#define SUFFIX(family, word, name, version) \
	[MPI_FAMILY_##family] = ".so." #version,
    MPI_FAMILY_MAP(SUFFIX)
#undef SUFFIX
};

/* The family of the shared object at `path`, from its file name alone:
 * libmpi.so.40 and libmpi_usempif08.so.40 are Open MPI's, libmpich.so.12 and
 * libmpifort.so.12 are MPICH's. MPI_FAMILY_ANY: it is no MPI library. */
static enum mpi_family library_family(const char *path)
{
	static const char start[] = "libmpi";
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	if (strncmp(name, start, strlen(start)))
		return MPI_FAMILY_ANY;
	for (int f = MPI_FAMILY_ANY + 1; f < MPI_FAMILIES; f++) {
		const char *suffix = strstr(name, suffixes[f]);
		const size_t length = strlen(suffixes[f]);
		if (suffix && (!suffix[length] || suffix[length] == '.'))
			return (enum mpi_family)f;
	}
	return MPI_FAMILY_ANY;
}

static int look_at_object(struct dl_phdr_info *info, size_t bytes, void *out)
{
	struct detected_mpi *mpi = out;

	(void)bytes;
	mpi->family = library_family(info->dlpi_name);
	if (mpi->family == MPI_FAMILY_ANY)
		return 0;
	snprintf(mpi->path, sizeof(mpi->path), "%s", info->dlpi_name);
	return 1;
}

/* RTLD_DEFAULT alone is not enough: a Python extension loads its MPI with
 * local names. So the file names of all loaded objects are looked at first. A
 * program that contains a whole MPI has no such object, only the names. */
bool detect_mpi(struct detected_mpi *out)
{
	Dl_info info;

	*out = (struct detected_mpi){.family = MPI_FAMILY_ANY};
	if (dl_iterate_phdr(look_at_object, out))
		return true;
	void *name = dlsym(RTLD_DEFAULT, "MPI_Init");
	if (!name || !dladdr(name, &info))
		return false;
	snprintf(out->path, sizeof(out->path), "%s", info.dli_fname);
	return true;
}

/* Ask MPI_Initialized or MPI_Finalized of the MPI that is loaded. */
static bool ask_mpi(const char *function)
{
	struct detected_mpi mpi;
	int (*ask)(int *flag);
	int flag = 0;

	void *name = dlsym(RTLD_DEFAULT, function);
	if (!name && detect_mpi(&mpi)) {
		void *library = dlopen(mpi.path, RTLD_LAZY | RTLD_NOLOAD);
		name = library ? dlsym(library, function) : NULL;
		if (library)
			dlclose(library);
	}
	if (!name)
		return false;
	memcpy(&ask, &name, sizeof(ask));
	return ask(&flag) == 0 && flag;
}

bool detect_initialised_mpi(void)
{
	return ask_mpi("MPI_Initialized");
}

bool detect_running_mpi(void)
{
	return ask_mpi("MPI_Initialized") && !ask_mpi("MPI_Finalized");
}
