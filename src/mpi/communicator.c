#include "communicator.h"

#include "common/base/error.h"
#include "common/base/time_limit.h"
#include "host_calls.h"
#include "mpi_error.h"
#include "mpi_wait.h"

#include <string.h>

#define CANNOT "cannot open an mpi group: "

static const struct call opening = {.kind = CALL_OPEN};

static cohort_status find_communicator(const void *mpi_comm, MPI_Comm *out)
{
	int is_inter = 0;

	*out = MPI_COMM_WORLD;
	if (!mpi_comm)
		return COHORT_OK;
	memcpy(out, mpi_comm, sizeof(*out));
	if (*out == MPI_COMM_NULL)
		return error_set(COHORT_ECONFIG,
		                 CANNOT "options.mpi_comm is MPI_COMM_NULL: "
		                        "only ranks of the communicator may "
		                        "open it");
	MPI_Comm_test_inter(*out, &is_inter);
	if (is_inter)
		return error_set(COHORT_ECONFIG,
		                 CANNOT "options.mpi_comm is an "
		                        "intercommunicator: merge it first");
	return COHORT_OK;
}

/* The calls of MPI that follow have no deadline, so the ranks meet before. */
static cohort_status await_ranks(struct mpi_world *world, MPI_Comm from,
                                 double seconds)
{
	MPI_Request request;
	int code = MPI_Ibarrier(from, &request);

	MPI_Comm_rank(from, &world->base.rank);
	if (code == MPI_SUCCESS && seconds <= 0)
		code = MPI_Wait(&request, MPI_STATUS_IGNORE);
	if (code != MPI_SUCCESS)
		return mpi_error_report(&opening, "MPI_Ibarrier", code);
	if (seconds <= 0)
		return COHORT_OK;
	world->limit = time_limit_in(seconds);
	const cohort_status status =
	    wait_all(world, &opening, "MPI_Ibarrier", 1, &request);
	return status == COHORT_ETIMEOUT
	           ? error_set(status,
	                       "cohort_open: the other ranks have not come "
	                       "within %g s, while rank %d waited: each of "
	                       "them has to open the group, with the same "
	                       "version of cohort (here %s); see what holds "
	                       "them up, or set a longer timeout",
	                       seconds, world->base.rank, host_version())
	           : status;
}

/* Open MPI takes the first message of version 0.1 for one of MPI_Ibarrier, and
 * finds it too long. */
static cohort_status say_another_call(const struct mpi_world *world)
{
	return error_set(COHORT_EMISMATCH,
	                 "cohort_open: rank %d has met a message of another "
	                 "call: each rank has to open the group, with the "
	                 "same version of cohort (here %s)",
	                 world->base.rank, host_version());
}

static cohort_status duplicate(MPI_Comm from, MPI_Comm *out)
{
	int code = MPI_Comm_dup(from, out);

	if (code == MPI_SUCCESS)
		code = MPI_Comm_set_errhandler(*out, MPI_ERRORS_RETURN);
	return code == MPI_SUCCESS
	           ? COHORT_OK
	           : mpi_error_report(&opening, "MPI_Comm_dup", code);
}

/* An error goes to the error handler of the program's communicator, which
 * aborts by default. So that communicator has MPI_ERRORS_RETURN meanwhile. */
cohort_status communicator_open(struct mpi_world *world, const void *mpi_comm,
                                double seconds)
{
	MPI_Errhandler handler;
	MPI_Comm from;
	cohort_status status = find_communicator(mpi_comm, &from);

	if (status != COHORT_OK)
		return status;
	const int code = MPI_Comm_get_errhandler(from, &handler);
	if (code != MPI_SUCCESS)
		return mpi_error_report(&opening, "MPI_Comm_get_errhandler",
		                        code);
	MPI_Comm_set_errhandler(from, MPI_ERRORS_RETURN);
	status = await_ranks(world, from, seconds);
	if (status == COHORT_EMISMATCH)
		status = say_another_call(world);
	if (status == COHORT_OK)
		status = duplicate(from, &world->comm);
	MPI_Comm_set_errhandler(from, handler);
	MPI_Errhandler_free(&handler);
	return status;
}
