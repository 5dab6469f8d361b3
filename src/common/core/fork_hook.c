#include "fork_hook.h"

#include "callback.h"
#include "common/base/jump_watch.h"
#include "group.h"
#include "group_list.h"

#include <errno.h>

void fork_hook_call(fork_hook *hook, void *arg)
{
	const int saved = errno;
	struct jump_watch watch;
	CALLBACK_GUARD callback = {
	    "cohort_open or cohort_scatter: a fork hook "
	    "(options.before_fork, after_fork_parent or after_fork_child)",
	    -1, false, process_mark_own()};

	jump_watch_begin(&watch, callback_jumped_hook, &callback);
	group_set_in_hook(true);
	group_list_hook_begins();
	hook(arg);
	callback_returned(&callback);
	jump_watch_end(&watch);
	group_list_hook_ends();
	group_set_in_hook(false);
	errno = saved;
}
