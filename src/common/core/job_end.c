#define _GNU_SOURCE /* on_exit */
#include "job_end.h"

#include "common/base/flush_streams.h"
#include "common/base/log.h"
#include "common/base/output.h"
#include "launcher.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct {
	_Atomic pid_t failed; /* the process that could not open a group */
	atomic_bool registered;
	int rank;
} job;

/* The request of PMI-1 that MPI_Abort makes, too. */
static void ask_for_end(int launcher, int status)
{
	char request[64];
	const int bytes = snprintf(request, sizeof(request),
	                           "cmd=abort exitcode=%d\n", status & 0xff);

	ssize_t sent = send(launcher, request, (size_t)bytes, MSG_NOSIGNAL);
	(void)sent; /* the launcher is gone: so will be the job */
}

/* A copy that the process has forked inherits the handler. */
static void end_job_at_exit(int status, void *unused)
{
	const int launcher = launcher_socket();

	(void)unused;
	if (status == 0 || launcher < 0 || atomic_load(&job.failed) != getpid())
		return;
	log_line(LOG_ERROR, job.rank,
	         "this rank could not open a group, and its peers may wait for "
	         "it in MPI_Init: ending the job");
	flush_streams();
	output_drain();
	ask_for_end(launcher, status);
}

void job_end_on_failure(int rank)
{
	if (launcher_socket() < 0)
		return;
	job.rank = rank;
	atomic_store(&job.failed, getpid());
#ifdef __GLIBC__
	if (!atomic_exchange(&job.registered, true) &&
	    on_exit(end_job_at_exit, NULL))
		atomic_store(&job.registered, false);
#else
	(void)end_job_at_exit; /* needs the status */
#endif
}

void job_end_cancel(void)
{
	atomic_store(&job.failed, 0);
}
