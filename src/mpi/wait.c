#define _POSIX_C_SOURCE 200809L
#include "wait.h"

#include "common/clock.h"
#include "common/error.h"
#include "report.h"

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

void patience_rest(struct patience *patience)
{
	const unsigned round = patience->rounds;

	if (round < YIELDS) {
		patience->rounds++;
		sched_yield();
		return;
	}
	unsigned doublings = (round - YIELDS) / SLEEPS;
	if (doublings < DOUBLINGS)
		patience->rounds++;
	else
		doublings = DOUBLINGS;
	const long ns = (long)FIRST_NS << doublings;
	nanosleep(&(struct timespec){.tv_nsec = ns < 1000000 ? ns : 1000000},
	          NULL);
}

cohort_status wait_all(struct mpi_world *world, const struct call *call,
                       const char *function, int count, MPI_Request requests[])
{
	struct patience patience = {0};
	int done = 0;

	while (done < count) {
		int flag = 0;
		int code = MPI_Test(&requests[done], &flag, MPI_STATUS_IGNORE);
		if (code != MPI_SUCCESS)
			return report_failure(call, function, code);
		if (flag)
			done++;
		else if (deadline_passed(&world->deadline))
			break;
		else
			patience_rest(&patience);
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
