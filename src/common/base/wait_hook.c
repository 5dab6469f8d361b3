#include "wait_hook.h"

#include <stddef.h>

static void (*wait_hook)(void);

void wait_hook_set(void (*hook)(void))
{
	wait_hook = hook;
}

void wait_hook_call(void)
{
	if (wait_hook)
		wait_hook();
}
