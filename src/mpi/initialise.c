#define _POSIX_C_SOURCE 200809L
#include "initialise.h"

#include "call_watch.h"
#include "common/base/clock.h"
#include "common/base/flush_streams.h"
#include "common/base/log.h"
#include "common/base/output.h"
#include "host_calls.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	/* Until the first rank says that it waits. */
	TELL_SECONDS = 10,
	/* The processes of a job do not start all at once: the last one may
	 * have to read its program from a slow disk. */
	INITIALISE_LEAST_SECONDS = 60,
	HOST_BYTES = 64
};

/* While the process is in MPI_Init_thread. */
struct start {
	const struct launcher *launcher;
	double begin;
	double limit;   /* seconds; 0: none */
	double watched; /* seconds of it that are over when it is late */
	bool told;
};

double initialise_seconds_until_told(int rank)
{
	double seconds = TELL_SECONDS;

	for (; rank > 0; rank /= 2)
		seconds += TELL_SECONDS;
	return seconds;
}

static void log_wait(enum log_level level, const struct start *start,
                     const char *end)
{
	const struct launcher *launcher = start->launcher;
	char host[HOST_BYTES] = "(unknown)";

	gethostname(host, sizeof(host) - 1);
	log_line(level, launcher->rank,
	         "mpi: rank %d on host %s has waited %.0f s in MPI_Init for "
	         "the other processes of its job, %d in all%s: each of them "
	         "has to open a group, with the same COHORT_BACKEND on all "
	         "hosts",
	         launcher->rank, host, clock_seconds() - start->begin,
	         launcher->size, end);
}

/* Open MPI's launcher ends a job if a process leaves like this. Hydra has to be
 * asked (PMI-1): it lets the other hosts go on. */
void initialise_end_job(void)
{
	static const char request[] = "cmd=abort exitcode=1\n";
	const int launcher = host_launcher_socket();

	flush_streams();
	output_drain();
	if (launcher >= 0) {
		ssize_t sent = send(launcher, request, sizeof(request) - 1,
		                    MSG_NOSIGNAL | MSG_DONTWAIT);
		(void)sent; /* the launcher is gone: so will be the job */
	}
	_exit(EXIT_FAILURE);
}

static double start_is_late(void *arg)
{
	struct start *start = arg;
	const double left = start->limit - start->watched;

	if (start->limit > 0 && left <= 0) {
		log_wait(LOG_ERROR, start,
		         ", and ends the job after its timeout");
		initialise_end_job();
	}
	if (!start->told)
		log_wait(LOG_WARN, start, "");
	start->told = true;
	start->watched = start->limit;
	return start->limit > 0 ? left : 0;
}

double initialise_limit(double timeout)
{
	return timeout <= 0 || timeout > INITIALISE_LEAST_SECONDS
	           ? timeout
	           : INITIALISE_LEAST_SECONDS;
}

int initialise_bounded(const struct launcher *launcher, double timeout,
                       int *provided)
{
	struct start start = {.launcher = launcher,
	                      .begin = clock_seconds(),
	                      .limit = initialise_limit(timeout)};
	const bool waits = launcher && launcher->size > 1;
	struct call_watch watch;

	if (waits) {
		double seconds = initialise_seconds_until_told(launcher->rank);

		if (start.limit > 0 && start.limit < seconds)
			seconds = start.limit;
		start.watched = seconds;
		call_watch_begin(&watch, seconds, start_is_late, &start);
	}
	const int code =
	    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, provided);
	if (waits)
		call_watch_end(&watch);
	return code;
}
