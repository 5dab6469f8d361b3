/*
 * Waiting in a world that has failed. wait.h returns its failure at once; here
 * a rank sleeps on until others have done what it waits for. Each wait still
 * ends: a rank that is waited for either acts, or dies, and both wake the
 * sleepers; the group's timeout ends it, and so does the monitor's end.
 */
#define _POSIX_C_SOURCE 200809L
#include "survival.h"

#include "common/base/error.h"
#include "common/base/rank_states.h"
#include "common/base/wait_hook.h"
#include "core_watch.h"
#include "mp_group.h"

#include <unistd.h>

enum { SLEEP_MS = 50 }; /* between two checks of the monitor and the clock */

static struct mp_world *mp_world_of(const struct world *base)
{
	return ((const struct mp_group *)base)->world;
}

static bool mp_is_possible(const struct world *base)
{
	const struct control_page *control = mp_world_of(base)->control;

	return !atomic_load(&control->aborted) && control_lost_peer(control);
}

static bool mp_is_dead(const struct world *base, int rank)
{
	const struct rank_record *record =
	    &mp_world_of(base)->control->records[rank];

	return atomic_load(&record->gone) || atomic_load(&record->dumps);
}

static int mp_describe(const struct world *base, int rank, char *text,
                       size_t bytes)
{
	const struct rank_record *record =
	    &mp_world_of(base)->control->records[rank];
	const bool dumps = !atomic_load(&record->gone);
	const bool signalled = dumps || record->signalled;
	const int end = dumps ? atomic_load(&record->dumps) : record->end;

	world_failure_describe_end(rank, signalled, end, text, bytes);
	return signalled ? end : 0;
}

static int mp_describe_first(const struct world *base, char *text, size_t bytes)
{
	const struct world_failure *failure =
	    &mp_world_of(base)->control->world_failure;

	world_failure_describe_end(failure->a,
	                           failure->reason == WORLD_FAILURE_KILLED,
	                           (int)failure->number, text, bytes);
	return failure->a;
}

static void mp_look(struct world *base)
{
	core_watch_look(mp_world_of(base));
}

static void mp_wake(struct world *base)
{
	control_announce(mp_world_of(base)->control);
}

static uint32_t mp_wakes(const struct world *base)
{
	return atomic_load(&mp_world_of(base)->control->wakes);
}

/* The timeout counts from rank 0's last call of on_result. */
static bool time_is_up(const struct mp_group *group, struct survival_wait *wait)
{
	const uint64_t delivered = atomic_load(&group->base.states->delivered);

	if (wait->limit.at == 0 || wait->delivered != delivered)
		wait->limit = time_limit_in(group->timeout);
	wait->delivered = delivered;
	return time_limit_passed(&wait->limit);
}

static cohort_status mp_sleep(struct world *base, struct survival_wait *wait)
{
	const struct mp_group *group = (const struct mp_group *)base;
	struct control_page *control = group->world->control;
	const int aborted = atomic_load(&control->aborted);

	if (aborted)
		_exit(aborted & ~ABORTED);
	wait_hook_call();
	if (atomic_load(&control->interrupted))
		return control_failure(control, call_function(wait->call));
	if (world_lost_monitor(group->world))
		return error_set(COHORT_EPEER,
		                 "%s: the monitor process, which watches the "
		                 "peers, was killed, and the peers with it",
		                 call_function(wait->call));
	if (time_is_up(group, wait)) {
		atomic_store(&control->late, 1);
		return error_set(COHORT_ETIMEOUT,
		                 "%s: rank %d did not come within the timeout "
		                 "of %g s, while rank %d waited for it; "
		                 "another rank had died before",
		                 call_function(wait->call), wait->awaited,
		                 group->timeout, base->rank);
	}
	core_watch_look(group->world);
	control_sleep(control, wait->wakes, SLEEP_MS);
	return COHORT_OK;
}

const struct survival mp_survival = {
    .is_possible = mp_is_possible,
    .is_dead = mp_is_dead,
    .describe = mp_describe,
    .describe_first = mp_describe_first,
    .look = mp_look,
    .wake = mp_wake,
    .wakes = mp_wakes,
    .sleep = mp_sleep,
};
