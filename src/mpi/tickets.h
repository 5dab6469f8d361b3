/* The tickets of a sweep, which ranks claim. */
#ifndef COHORT_MPI_TICKETS_H
#define COHORT_MPI_TICKETS_H

#include "common/core/backend.h"
#include "progress_thread.h"

#include <mpi.h>

struct mpi_world;
struct ticket_window;

struct tickets {
	MPI_Comm node;   /* the ranks that share memory with this one */
	MPI_Win memory;  /* what they share: the pool */
	MPI_Win counter; /* rank 0's, of lots; with several nodes only */
	struct ticket_window
	    *ticket_window;         /* in `memory`; with one rank, of its own */
	struct worker_stats *stats; /* behind the pool */
	int nodes;
	int node_rank;
	int node_size;
	int slots;       /* in the pool */
	uint64_t least;  /* tickets in a lot, at least */
	uint64_t total;  /* as tickets_open said */
	uint64_t slot;   /* where this rank's last ticket was from, and */
	uint64_t before; /* how many were in the slots before it */
	bool began;      /* rank 0: has claimed, and */
	struct progress_thread
	    progress_thread; /* looks after the others since */
};

/* Collective, over world->comm. `tickets` is zeroed before; `test_nodes` above
 * 1: as if the ranks were spread over so many nodes. */
COHORT_CHECKED cohort_status tickets_create(struct mpi_world *world,
                                            int test_nodes);

/* Collective; takes what tickets_create has left behind when it failed. */
void tickets_free(struct tickets *tickets);

/* The slots of backend.h. */
cohort_status tickets_open(struct world *base, uint64_t total);
cohort_status tickets_claim(struct world *base, uint64_t most,
                            struct tickets_run *out);
void tickets_leave(struct world *base);

#endif
