#include "launcher.h"

#include "base/capture.h"
#include "base/failure.h"
#include "task/program.h"

#include <stdlib.h>
#include <string.h>

/* The names of launchers, in the order of the search. Debian has both MPIs
 * beside each other under the longer names. */
static const char *const names[] = {
    "mpirun",        "mpiexec",         "mpirun.openmpi", "mpirun.mpich",
    "mpiexec.hydra", "mpiexec.openmpi", "mpiexec.mpich",
};

/* What a launcher's --version says of its MPI. Intel MPI and MVAPICH have
 * Hydra, too. */
static const struct mark {
	const char *word;
	const char *mpi; /* as in cohort_module */
} marks[] = {
    {"Open MPI", "Open MPI"}, {"OpenRTE", "Open MPI"},   {"HYDRA", "MPICH"},
    {"Hydra", "MPICH"},       {"Intel(R) MPI", "MPICH"},
};

static const char *mpi_of(char *path)
{
	char version[] = "--version";
	char *const argv[] = {path, version, NULL};
	struct text said = {0};
	const char *mpi = NULL;

	if (capture_program(argv, &said) != CAPTURE_DONE)
		text_clear(&said);
	for (size_t i = 0; !mpi && i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strstr(text_string(&said), marks[i].word))
			mpi = marks[i].mpi;
	text_free(&said);
	return mpi;
}

/* The module for this MPI; NULL if there is none of that name. */
static const cohort_module *module_of(const char *mpi,
                                      const cohort_module *const modules[])
{
	for (; *modules; modules++)
		if (!strcmp((*modules)->mpi, mpi))
			return *modules;
	return NULL;
}

static bool refuse_module(const char *path, const cohort_module *module)
{
	return failure("%s starts jobs of %s, and cohort has no module for it: "
	               "%s: install it, or name another launcher with "
	               "--launcher",
	               path, module->mpi, module->problem);
}

bool launcher_find(const cohort_module *const modules[],
                   struct run_launcher *out)
{
	const cohort_module *missing = NULL;
	char *of_missing = NULL; /* its launcher */

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!program_find(names[i], &out->path))
			continue;
		out->mpi = mpi_of(out->path);
		const cohort_module *module =
		    out->mpi ? module_of(out->mpi, modules) : NULL;
		if (module && module->path) {
			free(of_missing);
			return true;
		}
		if (module && !missing) {
			missing = module;
			of_missing = out->path;
		} else {
			free(out->path);
		}
		out->path = NULL;
	}
	if (missing)
		refuse_module(of_missing, missing);
	else
		failure("no launcher of Open MPI or MPICH is in PATH (mpirun, "
		        "mpiexec and their like): install one, name one with "
		        "--launcher, or use --backend mp");
	free(of_missing);
	return false;
}

bool launcher_named(const char *name, const cohort_module *const modules[],
                    struct run_launcher *out)
{
	if (!program_find(name, &out->path))
		return false;
	out->mpi = mpi_of(out->path);
	const cohort_module *module =
	    out->mpi ? module_of(out->mpi, modules) : NULL;
	return !module || module->path || refuse_module(out->path, module);
}
