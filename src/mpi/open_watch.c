#define _POSIX_C_SOURCE 200809L
#include "open_watch.h"

#include "call_watch.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "host_calls.h"
#include "initialise.h"

#include <mpi.h>
#include <stdlib.h>
#include <unistd.h>

enum { HOST_BYTES = 64 };

/* In memory of its own: the program may jump out of cohort_open. */
struct open_watch {
	struct call_watch watch;
	int rank; /* of the job */
	double begin;
	double limit;   /* seconds; 0: none */
	double watched; /* seconds of it that are over when it is late */
	bool told;
};

static int rank_of_job(void)
{
	int rank = 0;

	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	return rank;
}

static void log_meeting(enum log_level level, int rank, double seconds,
                        const char *end)
{
	char host[HOST_BYTES] = "(unknown)";

	gethostname(host, sizeof(host) - 1);
	log_line(level, rank,
	         "mpi: rank %d on host %s has waited %.0f s in cohort_open "
	         "for the other ranks%s: each of them has to open the group, "
	         "with the same version of cohort (here %s)",
	         rank, host, seconds, end, host_version());
}

static double open_is_late(void *arg)
{
	struct open_watch *watch = arg;
	const double left = watch->limit - watch->watched;
	const double seconds = clock_seconds() - watch->begin;
	const int rank = watch->rank;

	if (watch->limit > 0 && left <= 0) {
		log_meeting(LOG_ERROR, rank, seconds,
		            ", and ends the job after its timeout");
		initialise_end_job();
	}
	if (!watch->told)
		log_meeting(LOG_WARN, rank, seconds, "");
	watch->told = true;
	watch->watched = watch->limit;
	return watch->limit > 0 ? left : 0;
}

struct open_watch *open_watch_begin(double limit)
{
	struct open_watch *watch = malloc(sizeof(*watch));
	const int rank = rank_of_job();
	double seconds = initialise_seconds_until_told(rank);

	if (!watch)
		return NULL;
	if (limit > 0 && limit < seconds)
		seconds = limit;
	*watch = (struct open_watch){.rank = rank,
	                             .begin = clock_seconds(),
	                             .limit = limit,
	                             .watched = seconds};
	call_watch_begin(&watch->watch, seconds, open_is_late, watch);
	return watch;
}

void open_watch_end(struct open_watch *watch)
{
	if (!watch)
		return;
	call_watch_end(&watch->watch);
	free(watch);
}
