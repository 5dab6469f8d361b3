/* Which MPI is loaded into this process. These functions load nothing. */
#ifndef COHORT_MPI_DETECT_H
#define COHORT_MPI_DETECT_H

#include "common/base/mpi_family.h"

#include <stdbool.h>

enum { DETECTED_PATH_BYTES = 4096 }; /* PATH_MAX of Linux */

struct detected_mpi {
	enum mpi_family family; /* MPI_FAMILY_ANY: an MPI of no known family */
	/* Of the object that contains the MPI. */
	char path[DETECTED_PATH_BYTES];
};

/* Find the MPI that the program or a module has loaded; false if there is
 * none. */
bool detect_mpi(struct detected_mpi *out);

/* Whether a loaded MPI has been initialised. It may be finalised by now. */
bool detect_initialised_mpi(void);

/* Whether a loaded MPI has been initialised and not finalised. */
bool detect_running_mpi(void);

#endif
