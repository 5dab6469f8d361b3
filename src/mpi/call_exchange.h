/* COHORT_CHECK: whether all ranks are in the same call. */
#ifndef COHORT_MPI_CALL_EXCHANGE_H
#define COHORT_MPI_CALL_EXCHANGE_H

#include "common/base/call.h"

#include <mpi.h>

struct mpi_world;

/* What a rank says of itself before a call. Travels as bytes. */
struct call_record {
	struct call call;
	uint32_t refused; /* its arguments are bad: it takes no part */
	uint32_t unused;
};

struct check {
	struct call_record *notes; /* one of each rank */
	struct call_record
	    *refusals;         /* one for each kind of call, to be sent */
	MPI_Request *requests; /* two for each rank */
	unsigned owed;         /* refusals whose answers were not read yet */
	uint32_t refused;      /* the last one's kind of call */
};

/* `check` is zeroed before. */
COHORT_CHECKED cohort_status check_open(struct mpi_world *world);

void check_close(struct check *check);

/* Exchange notes and compare them. COHORT_EMISMATCH on every rank if any two
 * differ, in the same sentence; COHORT_ETIMEOUT names a rank that is missing.
 * Then, of a gatherv, whether every rank sends what the root's `counts` say;
 * they are NULL elsewhere. */
COHORT_CHECKED cohort_status check_call(struct mpi_world *world,
                                        const struct call *call,
                                        const size_t counts[]);

/* Tell the peers that this rank does not join. Does not wait. */
void check_refuse(struct mpi_world *world, const struct call *call);

#endif
