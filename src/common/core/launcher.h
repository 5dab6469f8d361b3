/* Whether a launcher of MPI jobs started this process, from the variables
 * that launchers set. */
#ifndef COHORT_COMMON_CORE_LAUNCHER_H
#define COHORT_COMMON_CORE_LAUNCHER_H

#include "common/base/mpi_family.h"

#include <stdbool.h>

struct launcher {
	const char *name;       /* "Open MPI's mpirun" */
	const char *variable;   /* the one that gave it away, "PMI_RANK" */
	enum mpi_family family; /* of the MPI that it starts */
	int rank;               /* as the launcher says; -1 if it does not */
	int size;               /* likewise */
};

/* False, and *out untouched, if no launcher is recognised. SLURM_PROCID alone
 * is none: batch shells carry it too. */
bool launcher_detect(struct launcher *out);

#endif
