/* A group over MPI, as one rank sees it. */
#ifndef COHORT_MPI_MPI_WORLD_H
#define COHORT_MPI_MPI_WORLD_H

#include "call_exchange.h"
#include "common/core/backend.h"
#include "tickets.h"

#include <mpi.h>

/* A point in time. */
struct deadline {
	double at; /* seconds of the monotonic clock; 0: never */
};

struct mpi_world {
	struct world base; /* first: the two are one pointer */
	struct call call;
	MPI_Comm comm;  /* ours alone, and returns its errors */
	bool checked;   /* some rank asked for COHORT_CHECK */
	bool timed;     /* some rank has a timeout: nobody may block */
	double timeout; /* this rank's; 0: none */
	struct deadline deadline; /* of the call that it is in */
	int *counts;              /* two arrays of `size` for the MPI calls */
	int *places;
	size_t part_bytes; /* the most that a rank sends in an MPI_Gatherv */
	struct check check;
	struct tickets tickets;
};

extern const struct backend mpi_module_backend;

static inline struct mpi_world *world_of(struct world *world)
{
	return (struct mpi_world *)world;
}

#endif
