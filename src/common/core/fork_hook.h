/* Calls the program's fork hooks (options.before_fork and the two after it). */
#ifndef COHORT_COMMON_CORE_FORK_HOOK_H
#define COHORT_COMMON_CORE_FORK_HOOK_H

#include "common/base/fork_hooks.h"

/* Call a hook. Until it returns, calls of this library that its thread makes
 * return COHORT_ESTATE, on any group: the process is about to be copied, or has
 * just been. Other threads may make calls meanwhile. Keeps errno. */
void fork_hook_call(fork_hook *hook, void *arg);

#endif
