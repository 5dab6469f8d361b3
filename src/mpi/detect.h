/* The families of MPI libraries, and the one that this process has. */
#ifndef COHORT_MPI_DETECT_H
#define COHORT_MPI_DETECT_H

#include "common/core/launcher.h"

#include <limits.h>

/* name, its module, and what its library is called from the suffix of the
 * soname on: MPICH's is that of its ABI relatives too. */
#define MPI_FAMILY_MAP(X)                                         \
	X(OPENMPI, "Open MPI", "cohort-mpi-openmpi.so", ".so.40") \
	X(MPICH, "MPICH", "cohort-mpi-mpich.so", ".so.12")

#define MPI_FAMILY_COUNT(family, name, module, suffix) +1
enum { MPI_FAMILIES = 1 MPI_FAMILY_MAP(MPI_FAMILY_COUNT) };
#undef MPI_FAMILY_COUNT

struct detected_mpi {
	enum mpi_family family; /* MPI_FAMILY_ANY: one that is not known */
	char path[PATH_MAX]; /* of its library, or of what it is linked into */
};

/* Which MPI is loaded into this process, by the program or by a module; false
 * if there is none. */
bool detect_mpi(struct detected_mpi *out);

/* What comes behind the last slash. */
const char *detect_file_name(const char *path);

bool detect_starts_with(const char *text, const char *start);

#endif
