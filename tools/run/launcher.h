/* The program that starts MPI jobs. */
#ifndef TOOLS_RUN_LAUNCHER_H
#define TOOLS_RUN_LAUNCHER_H

#include <cohort.h>

#include <stdbool.h>

struct run_launcher {
	char *path;      /* the caller frees it */
	const char *mpi; /* as in cohort_module; NULL: not known */
};

/*
 * The first launcher in PATH whose MPI is one of a module that is there: each
 * is asked for its version. False, with a sentence, if there is none.
 */
bool launcher_find(const cohort_module *const modules[],
                   struct run_launcher *out);

/* The launcher of this name or path, whatever it is. False, with a sentence,
 * if it cannot be started, or if its MPI is known and there is no module for
 * it. */
bool launcher_named(const char *name, const cohort_module *const modules[],
                    struct run_launcher *out);

#endif
