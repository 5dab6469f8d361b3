#include "communicator.h"

#include "common/base/error.h"
#include "mpi_error.h"

#include <string.h>

#define CANNOT "cannot open an mpi group: "

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

/* An error of MPI_Comm_dup goes to the error handler of the program's
 * communicator, which aborts by default. So that communicator has
 * MPI_ERRORS_RETURN during the call. */
static int duplicate_quietly(MPI_Comm from, MPI_Comm *out)
{
	MPI_Errhandler handler;
	int code = MPI_Comm_get_errhandler(from, &handler);

	if (code != MPI_SUCCESS)
		return code;
	MPI_Comm_set_errhandler(from, MPI_ERRORS_RETURN);
	code = MPI_Comm_dup(from, out);
	MPI_Comm_set_errhandler(from, handler);
	MPI_Errhandler_free(&handler);
	if (code == MPI_SUCCESS)
		code = MPI_Comm_set_errhandler(*out, MPI_ERRORS_RETURN);
	return code;
}

cohort_status communicator_duplicate(const void *mpi_comm, MPI_Comm *out)
{
	static const struct call opening = {.kind = CALL_OPEN};
	MPI_Comm from;
	cohort_status status = find_communicator(mpi_comm, &from);

	if (status != COHORT_OK)
		return status;
	const int code = duplicate_quietly(from, out);
	return code == MPI_SUCCESS
	           ? COHORT_OK
	           : mpi_error_report(&opening, "MPI_Comm_dup", code);
}
