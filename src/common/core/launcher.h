/* Recognises launchers of MPI jobs by the variables that they set. */
#ifndef COHORT_COMMON_CORE_LAUNCHER_H
#define COHORT_COMMON_CORE_LAUNCHER_H

#include "common/base/mpi_family.h"

#include <stdbool.h>
#include <stdint.h>

struct launcher {
	const char *name;       /* "Open MPI's mpirun" */
	const char *variable;   /* that identified it, "PMI_RANK" */
	enum mpi_family family; /* of the MPI that it starts */
	int rank;       /* as the launcher says; -1 if it does not say */
	int size;       /* of the job, as the launcher says; -1 as for rank */
	int host_rank;  /* among the processes of this host; -1 as for rank */
	bool is_of_mpi; /* it belongs to an MPI, and starts MPI jobs only */
};

/* False, and *out untouched, if no launcher is recognised. SLURM_PROCID alone
 * does not count, because batch shells have it too. */
bool launcher_detect(struct launcher *out);

/* A number for the variables that tell which process of which job this is. A
 * process that another one starts has the same, unless a launcher started
 * it. */
uint64_t launcher_fingerprint(void);

/* Whether the environment names a connection to the launcher that does not
 * exist: a parent process has closed it, so the variables describe another
 * process. */
bool launcher_is_cut_off(void);

/* The socket of PMI-1 that the launcher has opened for this process; -1:
 * none. */
int launcher_socket(void);

#endif
