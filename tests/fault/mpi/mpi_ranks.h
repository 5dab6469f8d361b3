/* The parts that all modes of mpi_ranks use. */
#ifndef MPI_RANKS_H
#define MPI_RANKS_H

#include "cohort.h"

#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, \
			        #condition, cohort_error());                   \
			_Exit(99);                                             \
		}                                                              \
	} while (0)

/* A group with all defaults; the program ends if there is none. */
cohort *open_group(void);

#endif
