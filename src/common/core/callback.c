#include "callback.h"

#include "common/base/flush_streams.h"
#include "common/base/log.h"
#include "group.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WHAT_BYTES = 128 };

static void say_left(const struct callback *callback, enum group_left how)
{
	const bool jumped = how == GROUP_LEFT_BY_LONGJMP;
	cohort_status status = error_set(
	    COHORT_ESTATE,
	    "%s did not return, but was left by %s: the program ends, because "
	    "ranks would wait for each other; %s",
	    callback->what, group_left_text(how),
	    jumped ? "jump to a place inside of it, or return"
	           : "catch exceptions inside of it");

	(void)status;
	log_line(LOG_ERROR, callback->rank, "%s", cohort_error());
}

static _Noreturn void end_process(const struct callback *callback,
                                  enum group_left how)
{
	flush_stdout();
	if (!group_tell_left(how))
		say_left(callback, how);
	_Exit(EXIT_FAILURE);
}

void callback_copied(const struct callback *callback)
{
	log_line(LOG_ERROR, callback->rank,
	         "%s forked a process that came back from it: that process "
	         "ends here, because it is no rank; let it call _exit",
	         callback->what);
	_exit(EXIT_FAILURE);
}

void callback_left(const struct callback *callback)
{
	if (callback_is_copied(callback))
		callback_copied(callback);
	end_process(callback, GROUP_LEFT_BY_UNWINDING);
}

void callback_jumped_hook(void *callback)
{
	end_process(callback, GROUP_LEFT_BY_LONGJMP);
}

/* While no other function of the job runs, execute may have jumped, or the
 * handler of a signal. */
void callback_jumped_sweep(void *group)
{
	const cohort *sweeping = group;
	char what[WHAT_BYTES];

	if (!group_is_own(sweeping) && !group_runs_tasks())
		return;
	const char *name = group_set_callback(NULL);
	snprintf(what, sizeof(what), "cohort_scatter: the job's %s",
	         name ? name : "execute, or a handler of a signal,");
	const struct callback callback = {.what = what,
	                                  .rank = sweeping->world->rank};
	end_process(&callback, GROUP_LEFT_BY_LONGJMP);
}
