#define _POSIX_C_SOURCE 200809L
#include "mpi_wait.h"

#include "common/base/clock.h"
#include "common/base/error.h"
#include "mpi_error.h"

#include <sched.h>
#include <time.h>

/* So many rounds only yield; from then on each sleeps, twice as long after
 * every SLEEPS of them. */
enum { YIELDS = 2000, SLEEPS = 20, FIRST_NS = 1000, DOUBLINGS = 10 };

struct deadline deadline_in(double seconds)
{
	return (struct deadline){seconds > 0 ? clock_seconds() + seconds : 0};
}

bool deadline_passed(const struct deadline *deadline)
{
	return deadline->at > 0 && clock_seconds() >= deadline->at;
}

void patience_rest(struct spin_limit *spin_limit)
{
	const unsigned round = spin_limit->rounds;

	if (round < YIELDS) {
		spin_limit->rounds++;
		sched_yield();
		return;
	}
	unsigned doublings = (round - YIELDS) / SLEEPS;
	if (doublings < DOUBLINGS)
		spin_limit->rounds++;
	else
		doublings = DOUBLINGS;
	const long ns = (long)FIRST_NS << doublings;
	nanosleep(&(struct timespec){.tv_nsec = ns < 1000000 ? ns : 1000000},
	          NULL);
}

cohort_status wait_all(struct mpi_world *world, const struct call *call,
                       const char *function, int count, MPI_Request requests[])
{
	struct spin_limit spin_limit = {0};
	int done = 0;

	while (done < count) {
		int flag = 0;
		int code = MPI_Test(&requests[done], &flag, MPI_STATUS_IGNORE);
		if (code != MPI_SUCCESS)
			return mpi_error_report(call, function, code);
		if (flag)
			done++;
		else if (deadline_passed(&world->deadline))
			break;
		else
			patience_rest(&spin_limit);
	}
	if (done == count)
		return COHORT_OK;
	char text[CALL_TEXT_BYTES];
	return error_set(COHORT_ETIMEOUT,
	                 "%s: the peers did not come within the timeout of %g "
	                 "s, while rank %d waited; with COHORT_CHECK=1 the "
	                 "sentence says who is missing",
	                 call_describe(call, text), world->timeout,
	                 world->base.rank);
}
