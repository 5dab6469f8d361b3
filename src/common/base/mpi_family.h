/* The families of MPI libraries. A module is built for each of them. */
#ifndef COHORT_COMMON_BASE_MPI_FAMILY_H
#define COHORT_COMMON_BASE_MPI_FAMILY_H

/* identifier, word in the names of modules, name in sentences, version in the
 * soname of its libraries. MPICH's version is also that of its relatives with
 * the same ABI: Intel MPI, MVAPICH, Cray MPICH. */
#define MPI_FAMILY_MAP(X)                   \
	X(OPENMPI, openmpi, "Open MPI", 40) \
	X(MPICH, mpich, "MPICH", 12)

enum mpi_family {
	MPI_FAMILY_ANY, /* unknown, or not asked for */
#define MPI_FAMILY_ENUM(family, word, name, version) MPI_FAMILY_##family,
	MPI_FAMILY_MAP(MPI_FAMILY_ENUM)
#undef MPI_FAMILY_ENUM
	    MPI_FAMILIES
};

#endif
