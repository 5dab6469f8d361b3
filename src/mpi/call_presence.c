#include "call_presence.h"

#include "common/base/clock.h"
#include "common/base/error.h"
#include "message_tag.h"
#include "mpi_error.h"
#include "mpi_wait.h"

#include <stdio.h>

void presence_note(struct mpi_world *world, int r)
{
	struct call_exchange *exchange = &world->exchange;

	if (exchange->present && exchange->present[r] < exchange->number)
		exchange->present[r] = exchange->number;
}

/* Receive the numbers that other ranks have sent. */
static int receive_presence(struct mpi_world *world)
{
	struct call_exchange *exchange = &world->exchange;
	MPI_Status status;
	int flag = 1;

	for (;;) {
		uint64_t number = 0;
		int code = MPI_Iprobe(MPI_ANY_SOURCE, TAG_PRESENT, world->comm,
		                      &flag, &status);
		if (code != MPI_SUCCESS || !flag)
			return code;
		const int from = status.MPI_SOURCE;
		code = MPI_Recv(&number, sizeof(number), MPI_BYTE, from,
		                TAG_PRESENT, world->comm, MPI_STATUS_IGNORE);
		if (code != MPI_SUCCESS)
			return code;
		exchange->present[from] = number;
		if (number > exchange->latest)
			exchange->latest = number;
	}
}

static bool waited_long(const struct mpi_world *world)
{
	return world->timeout > 0 &&
	       clock_seconds() > world->limit.at - world->timeout / 2;
}

/* Tell all others that this rank is in the call, if another rank wants to know
 * or this one has waited long. */
static int tell_presence(struct mpi_world *world)
{
	struct call_exchange *exchange = &world->exchange;
	int code = MPI_SUCCESS;

	if (exchange->told == exchange->number ||
	    (exchange->latest < exchange->number && !waited_long(world)))
		return MPI_SUCCESS;
	exchange->told = exchange->number;
	for (int r = 0; r < world->base.size && code == MPI_SUCCESS; r++)
		if (r != world->base.rank)
			code = MPI_Isend(
			    &exchange->told, sizeof(exchange->told), MPI_BYTE,
			    r, TAG_PRESENT, world->comm, &exchange->telling[r]);
	return code;
}

/* A rank whose record has arrived has refused the call. */
static bool has_refused(const struct mpi_world *world, int r)
{
	int flag = 0;

	return MPI_Iprobe(r, TAG_CALL, world->comm, &flag, MPI_STATUS_IGNORE) ==
	           MPI_SUCCESS &&
	       flag;
}

cohort_status presence_report_missing(struct mpi_world *world,
                                      const struct call *call)
{
	const struct call_exchange *exchange = &world->exchange;
	int first = -1;
	int more = -1;
	char text[CALL_TEXT_BYTES];
	char others[32] = "";

	for (int r = 0; r < world->base.size; r++) {
		if (r == world->base.rank ||
		    exchange->present[r] >= exchange->number ||
		    has_refused(world, r))
			continue;
		first = first < 0 ? r : first;
		more++;
	}
	if (first < 0)
		return error_set(COHORT_ETIMEOUT,
		                 "%s: the peers came, but too late for the "
		                 "timeout of %g s of rank %d: set a longer "
		                 "timeout",
		                 call_describe(call, text), world->timeout,
		                 world->base.rank);
	if (more > 0)
		snprintf(others, sizeof(others), " and %d more", more);
	return error_set(COHORT_ETIMEOUT,
	                 "%s: rank %d%s did not come within the timeout of %g "
	                 "s, while rank %d waited: see what holds it up, or "
	                 "set a longer timeout",
	                 call_describe(call, text), first, others,
	                 world->timeout, world->base.rank);
}

cohort_status presence_wait(struct mpi_world *world, const struct call *call,
                            int count, MPI_Request requests[])
{
	struct wait_pauses pauses = {0};
	int done = 0;

	while (done < count) {
		int flag = 0;
		int code = MPI_Test(&requests[done], &flag, MPI_STATUS_IGNORE);
		if (code == MPI_SUCCESS && flag) {
			done++;
			continue;
		}
		if (code == MPI_SUCCESS && world->timed)
			code = receive_presence(world);
		if (code == MPI_SUCCESS && world->timed)
			code = tell_presence(world);
		if (code != MPI_SUCCESS)
			return mpi_error_report(call, "MPI_Test", code);
		if (wait_is_interrupted(world))
			return wait_say_interrupted(world, call);
		if (time_limit_passed(&world->limit))
			return presence_report_missing(world, call);
		wait_pause(&pauses);
	}
	return COHORT_OK;
}

cohort_status presence_end(struct mpi_world *world, const struct call *call)
{
	struct call_exchange *exchange = &world->exchange;

	return world->timed && exchange->told == exchange->number
	           ? presence_wait(world, call, world->base.size,
	                           exchange->telling)
	           : COHORT_OK;
}

void presence_drain(struct mpi_world *world)
{
	if (world->checked && world->timed)
		(void)receive_presence(world);
}
