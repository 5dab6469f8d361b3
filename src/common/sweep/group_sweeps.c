#include "group_sweeps.h"

#include <stdlib.h>

static void release_group_sweeps(struct group_extension *extension)
{
	struct group_sweeps *sweeps = (struct group_sweeps *)extension;

	signal_stop_disarm(&sweeps->listener);
	sweep_release(sweeps->last);
	free(sweeps);
}

struct group_sweeps *group_sweeps_find(const cohort *group)
{
	/* The extension is the struct's first member. */
	return (struct group_sweeps *)atomic_load_explicit(
	    &group->extension, memory_order_acquire);
}

struct group_sweeps *group_sweeps_attach(cohort *group, const char *function)
{
	struct group_sweeps *sweeps = group_sweeps_find(group);

	if (sweeps)
		return sweeps;
	sweeps = calloc(1, sizeof(*sweeps));
	if (!sweeps) {
		error_sys("%s: rank %d has no memory for sweeps: calloc",
		          function, group->world->rank);
		return NULL;
	}
	sweeps->extension.release = release_group_sweeps;
	sweeps->listener.states = group->world->states;
	/* cohort_progress may read it in another thread. */
	atomic_store_explicit(&group->extension, &sweeps->extension,
	                      memory_order_release);
	return sweeps;
}
