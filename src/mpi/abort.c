#include "abort.h"

#include "call_watch.h"
#include "common/base/log.h"
#include "common/base/output.h"

#include <unistd.h>

enum { ABORT_SECONDS = 5 };

static double leave_unaborted(void *arg)
{
	const int *status = arg;

	log_line(LOG_WARN, -1,
	         "mpi: MPI_Abort has not ended this process within %d s: its "
	         "launcher may not be within reach, or another thread is in "
	         "MPI: leaving with exit status %d",
	         ABORT_SECONDS, *status & 0xff);
	output_drain();
	_exit(*status);
}

void abort_bounded(MPI_Comm comm, int status, void (*before)(void))
{
	struct call_watch watch;

	output_drain();
	call_watch_begin(&watch, ABORT_SECONDS, leave_unaborted, &status);
	if (before)
		before();
	MPI_Abort(comm, status);
	call_watch_end(&watch);
}
