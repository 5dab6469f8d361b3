#include "agreement.h"

#include "calls.h"
#include "common/base/time_limit.h"

#include <limits.h>

/* A rank and its status travel as one number. */
enum { STATUSES = 32 };

cohort_status agreement_among(struct mpi_world *world, MPI_Comm comm,
                              const struct call *call, cohort_status mine,
                              struct inability *out)
{
	int least = INT_MAX;

	if (mine != COHORT_OK)
		least = world->base.rank * STATUSES + (int)mine;
	const cohort_status status =
	    mpi_call_least_among(world, comm, call, &least);
	if (status != COHORT_OK)
		return status;
	*out = (struct inability){.status = COHORT_OK};
	if (least < INT_MAX)
		*out = (struct inability){
		    .rank = least / STATUSES,
		    .status = (cohort_status)(least % STATUSES),
		};
	return COHORT_OK;
}

cohort_status agreement_agree(struct world *base, const struct call *call,
                              cohort_status mine, struct inability *out)
{
	struct mpi_world *world = world_of(base);

	if (world->timed)
		world->limit = time_limit_in(world->timeout);
	return agreement_among(world, world->comm, call, mine, out);
}
