/*
 * A node may report something to rank 0 when rank 0 has left the sweep: a stop
 * that comes late. Nobody waits for such a message, and if it stayed, MPI would
 * keep it, and its request, for ever.
 *
 * The end of a send means that its message has been received. So a rank whose
 * sends have ended enters a barrier, and it goes on receiving until all are in
 * it (Hoefler, Siebert and Lumsdaine: Scalable communication protocols for
 * dynamic sparse data exchange, 2010). Cost: a barrier of the first ranks of
 * the nodes.
 */
#include "ticket_drain.h"

#include "mpi_error.h"
#include "mpi_wait.h"
#include "ticket_server.h"
#include "ticket_transfer.h"

/* `barrier` begins when this rank's messages have been received. */
struct drain {
	MPI_Request barrier;
	bool began;
	bool done;
};

static int drop_all(const struct mpi_world *world)
{
	union ticket_text text;
	int code;
	int from;

	do
		code = ticket_transfer_receive(world->comm, &text, &from);
	while (code == MPI_SUCCESS && from >= 0);
	return code;
}

static int go_on(const struct mpi_world *world, struct drain *drain)
{
	const struct tickets *tickets = &world->tickets;
	bool all_received = true;
	int flag = 0;
	int code = drop_all(world);

	if (code != MPI_SUCCESS)
		return code;
	if (drain->began) {
		code = MPI_Test(&drain->barrier, &flag, MPI_STATUS_IGNORE);
		drain->done = code == MPI_SUCCESS && flag;
		return code;
	}
	if (tickets->server)
		code = ticket_server_test(tickets->server, &all_received);
	if (code != MPI_SUCCESS || !all_received)
		return code;
	drain->began = true;
	return MPI_Ibarrier(tickets->leaders, &drain->barrier);
}

cohort_status ticket_drain(struct mpi_world *world, const struct call *call)
{
	struct drain drain = {.began = false};
	struct wait_pauses pauses = {0};

	if (world->tickets.leaders == MPI_COMM_NULL)
		return COHORT_OK;
	for (;;) {
		const int code = go_on(world, &drain);
		if (code != MPI_SUCCESS)
			return mpi_error_report(call, "MPI_Ibarrier", code);
		if (drain.done)
			return COHORT_OK;
		const cohort_status status = wait_may_go_on(world, call);
		if (status != COHORT_OK)
			return status;
		wait_pause(&pauses);
	}
}
