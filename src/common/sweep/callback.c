#include "callback.h"

#include "common/base/flush_streams.h"
#include "common/base/log.h"

#include <stdatomic.h>
#include <stdlib.h>

static void say_left(const struct callback *callback)
{
	cohort_status status = error_set(
	    COHORT_ESTATE,
	    "cohort_scatter: the job's %s did not return, but was left by an "
	    "exception or by pthread_exit: the program ends, because ranks "
	    "would wait for each other; catch exceptions in %s",
	    callback->name, callback->name);

	(void)status;
	log_line(LOG_ERROR, callback->rank, "%s", cohort_error());
}

void callback_left(const struct callback *callback)
{
	flush_stdout();
	if (callback->left)
		atomic_store(callback->left, 1);
	else
		say_left(callback);
	_Exit(EXIT_FAILURE);
}
