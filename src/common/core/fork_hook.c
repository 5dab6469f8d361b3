#include "fork_hook.h"

#include "group.h"
#include "group_list.h"

#include <errno.h>

void fork_hook_call(fork_hook *hook, void *arg)
{
	const int saved = errno;

	group_set_in_hook(true);
	group_list_hook_begins();
	hook(arg);
	group_list_hook_ends();
	group_set_in_hook(false);
	errno = saved;
}
