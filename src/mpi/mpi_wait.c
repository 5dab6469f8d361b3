#define _POSIX_C_SOURCE 200809L
#include "mpi_wait.h"

#include "common/base/error.h"
#include "common/base/wait_hook.h"
#include "mpi_error.h"

#include <sched.h>
#include <time.h>

/* The first YIELDS pauses yield. The sleeps after them begin with FIRST_NS and
 * are twice as long after every SLEEPS of them, DOUBLINGS times. */
enum { YIELDS = 2000, SLEEPS = 20, FIRST_NS = 1000, DOUBLINGS = 10 };

void wait_pause(struct wait_pauses *pauses)
{
	const unsigned count = pauses->count;

	if (count < YIELDS) {
		pauses->count++;
		sched_yield();
		return;
	}
	unsigned doublings = (count - YIELDS) / SLEEPS;
	if (doublings < DOUBLINGS)
		pauses->count++;
	else
		doublings = DOUBLINGS;
	wait_hook_call();
	const long ns = (long)FIRST_NS << doublings;
	nanosleep(&(struct timespec){.tv_nsec = ns < 1000000 ? ns : 1000000},
	          NULL);
}

cohort_status wait_say_interrupted(const struct mpi_world *world,
                                   const struct call *call)
{
	return error_set(COHORT_EINTERRUPTED,
	                 "%s: rank %d was interrupted: its program has called "
	                 "cohort_interrupt; close the group",
	                 call_function(call), world->base.rank);
}

cohort_status wait_may_go_on(struct mpi_world *world, const struct call *call)
{
	char text[CALL_TEXT_BYTES];

	if (wait_is_interrupted(world))
		return wait_say_interrupted(world, call);
	if (!time_limit_passed(&world->limit))
		return COHORT_OK;
	return error_set(COHORT_ETIMEOUT,
	                 "%s: the peers did not come within the timeout of %g "
	                 "s, while rank %d waited: see what holds them up, or "
	                 "set a longer timeout; with COHORT_CHECK=1 this "
	                 "sentence names the missing ranks",
	                 call_describe(call, text), world->timeout,
	                 world->base.rank);
}

cohort_status wait_all(struct mpi_world *world, const struct call *call,
                       const char *function, int count, MPI_Request requests[])
{
	struct wait_pauses pauses = {0};
	int done = 0;

	while (done < count) {
		int flag = 0;
		int code = MPI_Test(&requests[done], &flag, MPI_STATUS_IGNORE);
		if (code != MPI_SUCCESS)
			return mpi_error_report(call, function, code);
		if (flag) {
			done++;
			continue;
		}
		const cohort_status status = wait_may_go_on(world, call);
		if (status != COHORT_OK)
			return status;
		wait_pause(&pauses);
	}
	return COHORT_OK;
}
